import type { Node, Port, WholeGraph } from "../../onnx/graph.ts";
import { differentiate } from "../differentiate.ts";
import { broadcast, GraphExtents, UnknownOperation } from "../extents.ts";
import type { GradientCall } from "../operations/operation.ts";
import { forAllSteps } from "./all-steps.ts";
import { InnerGraph, outputsOf } from "./inner-graph.ts";
import { ownNames } from "./scan.ts";

/** A value of the step as it is to be had around the Scan: for all steps, or as something that they share. */
interface Outside {
  readonly name: string;
  readonly stacked: boolean;
}

/** The step backwards, as the body of a Scan. */
export interface Backwards {
  readonly body: WholeGraph;
  /** What it goes along, in the order of its inputs behind the states. */
  readonly takes: readonly string[];
  /** Names for what comes out of each step, in the order of its outputs behind the states. */
  readonly gives: readonly string[];
  /** Value of the step → its gradient in all steps. */
  readonly gradients: ReadonlyMap<string, string>;
}

/** One step of a Scan in a graph of its own, and as much of it as can be computed for all steps at once. */
export class OneStep {
  /** What is computed for all steps at once. */
  readonly all: InnerGraph;
  /** The states before the step. */
  readonly states: readonly string[];
  /** What it takes beside. */
  readonly inputs: readonly string[];
  readonly #of: GradientCall;
  readonly #body: WholeGraph;
  readonly #graph: InnerGraph;
  readonly #extents: GraphExtents;
  /** Values in the Scan's body → the same in this graph. */
  readonly #names = new Map<string, string>();
  readonly #outside = new Map<string, Outside>();
  /** What depends on the gradients of the states. */
  readonly #inside = new Set<string>();
  /** Operation of the step → the same for all steps at once. */
  readonly #lifted = new Map<Node, Node>();
  /** Of this graph and truth values. */
  readonly #truths = new Set<string>();

  constructor(of: GradientCall, body: WholeGraph, states: number) {
    const { write, x, y } = of;
    this.#of = of;
    this.#body = body;
    this.all = new InnerGraph(write.graph);
    this.#graph = new InnerGraph(write.graph);
    this.#extents = new GraphExtents(this.#graph, write.extents);
    for (const port of body.inputs) this.#names.set(port.name, this.#input("step", port));
    const names = body.inputs.map(({ name }) => this.#names.get(name)!);
    this.states = names.slice(0, states);
    this.inputs = names.slice(states);
    for (const node of body.graph.nodes) this.#graph.nodes.push(this.#copy(node));

    const stacked = (name: string) => ({ name, stacked: true });
    this.states.forEach((name, i) => this.#outside.set(name, stacked(this.#before(x[i]!, y[states + i]!))));
    this.inputs.forEach((name, i) => this.#outside.set(name, stacked(x[states + i]!)));
    for (const node of this.#graph.nodes) if (!this.#lift(node)) throw new UnknownOperation(node);
    this.#takeKept(states);
  }

  /**
   * The step backwards, from the gradients of the states behind it to those of the states before it.
   *
   * @param dys Gradients of the Scan's outputs.
   * @param asked Values of the step whose gradients are asked for too.
   */
  backwards(dys: readonly (string | undefined)[], asked: readonly string[]): Backwards {
    const { label } = this.#of.write;
    const { inputs, outputs } = this.#body;
    const carried = this.states.map((_, i) => this.#input("gradient behind", inputs[i]!));
    for (const name of carried) this.#inside.add(name);
    const starts = outputs.flatMap((port, i): [string, string][] => {
      const name = this.#names.get(port.name)!;
      if (i < carried.length) return [[name, carried[i]!]];
      if (dys[i] === undefined) return [];
      const gradient = this.#input("gradient", port);
      this.#outside.set(gradient, { name: dys[i], stacked: true });
      return [[name, gradient]];
    });
    const forward = this.#graph.nodes.length;
    const gradients = differentiate(this.#extents, new Map(starts), [...this.states, ...asked]);
    const body = new InnerGraph(this.#of.write.graph);
    body.nodes.push(...this.#separate(this.#graph.nodes.slice(forward), [...gradients.values()]));

    const each = [...new Set(asked.flatMap((name) => gradients.get(name) ?? []))];
    const within = each.filter((name) => !this.#outside.has(name));
    const gives = within.map(() => this.#graph.freshName(`${label}/each`));
    // Where a step does not look at a state, nothing comes back.
    const before = this.states.map(
      (name, i) => gradients.get(name) ?? body.add("Sub", label, [carried[i]!, carried[i]!]),
    );
    const given = ownNames(body, label, [
      ...before.map((name, i) => ({ name, shape: inputs[i]!.shape })),
      ...within.map((name) => ({ name, shape: this.#extents.of(name) })),
    ]);
    const takes = new Set<string>();
    for (const node of body.nodes)
      node.inputs = node.inputs.map((name) => {
        const outside = this.#outside.get(name);
        if (outside?.stacked === true) takes.add(name);
        return outside?.stacked === false ? outside.name : name;
      });
    const around = (name: string) => this.#outside.get(name)?.name ?? gives[within.indexOf(name)]!;
    return {
      body: {
        name: this.#graph.freshName(`${label}/step`),
        graph: body,
        inputs: [
          ...carried.map((name, i): Port => ({ name, shape: inputs[i]!.shape, exact: true })),
          ...[...takes].map((name) => this.#port(name)),
        ],
        outputs: given.map(({ name, shape }): Port => ({ name, shape, exact: true })),
      },
      takes: [...takes].map(around),
      gives,
      gradients: new Map(
        asked.flatMap((name) => {
          const gradient = gradients.get(name);
          return gradient === undefined ? [] : [[name, around(gradient)] as const];
        }),
      ),
    };
  }

  /**
   * Operations of the step that read these values from around the Scan.
   *
   * @throws UnknownOperation for one that reads nothing of the step's own: it does not belong into the step.
   */
  readers(around: readonly string[]): readonly Node[] {
    return this.#graph.nodes.filter((node) => {
      if (!node.inputs.some((name) => around.includes(name))) return false;
      if (!this.#outside.get(node.output)!.stacked) throw new UnknownOperation(node);
      return true;
    });
  }

  /**
   * Writes operations of the step once more, for all steps at once and so that none reads what another gives.
   *
   * @param gradients Value of the step → its gradient in all steps.
   * @returns What they give there → its gradient.
   */
  apart(
    nodes: readonly Node[],
    gradients: ReadonlyMap<string, string>,
    graph: InnerGraph,
  ): ReadonlyMap<string, string> {
    return new Map(
      nodes.flatMap((node) => {
        const atOnce = this.#lifted.get(node)!;
        const outputs = outputsOf(atOnce).map((name) => graph.freshName(name));
        graph.nodes.push(renamed(atOnce, atOnce.inputs, outputs));
        return outputsOf(node).flatMap((name, i): [string, string][] => {
          const gradient = gradients.get(name);
          return gradient === undefined ? [] : [[outputs[i]!, gradient]];
        });
      }),
    );
  }

  /** The state before each step: that before the first, and those behind all but the last. */
  #before(start: string, behind: string): string {
    const { write } = this.#of;
    const add = (op: string, inputs: readonly string[]) =>
      this.all.add(op, write.label, inputs, op === "Concat" ? { axis: { int: 0 } } : {});
    const first = add("Unsqueeze", [start, write.whole([0])]);
    const others = add("Slice", [behind, write.whole([0]), write.whole([-1]), write.whole([0])]);
    return add("Concat", [first, others]);
  }

  /** Values that the Scan gives are taken from it. */
  #takeKept(states: number): void {
    const kept = new Map<string, string>();
    this.#body.outputs.slice(states).forEach(({ name }, i) => {
      const inside = this.#names.get(name)!;
      const made = this.#graph.nodes.find(({ output }) => output === inside);
      for (const one of made?.op === "Identity" ? [inside, made.inputs[0]!] : [inside]) {
        const outside = this.#outside.get(one)!;
        // What was given to the step is there already.
        if (this.states.includes(one) || this.inputs.includes(one)) continue;
        kept.set(outside.name, this.#of.y[states + i]!);
        this.#outside.set(one, { name: this.#of.y[states + i]!, stacked: true });
      }
    });
    for (const node of this.all.nodes) node.inputs = node.inputs.map((name) => kept.get(name) ?? name);
  }

  #input(wanted: string, { shape }: Port): string {
    const name = this.#graph.freshName(`${this.#of.write.label}/${wanted}`);
    this.#extents.set(name, shape);
    return name;
  }

  #copy(node: Node): Node {
    for (const output of outputsOf(node)) this.#names.set(output, this.#graph.freshName(output));
    const name = (one: string) => this.#names.get(one) ?? one;
    return renamed(node, node.inputs.map(name), outputsOf(node).map(name));
  }

  /** Has an operation done outside, for all steps at once or once for all, if that can be. */
  #lift(node: Node): boolean {
    if (node.inputs.some((name) => this.#inside.has(name))) return false;
    const stacked = (name: string) => this.#outside.get(name)?.stacked === true;
    const shared = !node.inputs.some(stacked);
    const attributes = shared ? node.attributes : forAllSteps(node, this.#extents, stacked);
    if (attributes === undefined) return false;
    const made = outputsOf(node);
    const names = made.map((one) => this.#graph.freshName(one));
    const inputs = node.inputs.map((name) => this.#outside.get(name)?.name ?? name);
    const lifted = { ...renamed(node, inputs, names), attributes };
    this.all.nodes.push(lifted);
    this.#lifted.set(node, lifted);
    const { to } = attributes as { to?: { readonly int: number } };
    made.forEach((one, i) => {
      this.#outside.set(one, { name: names[i]!, stacked: !shared });
      if (TRUTHS.has(node.op) || (node.op === "Cast" && to?.int === 9)) this.#truths.add(one);
    });
    return true;
  }

  /** Of these operations of the backward step, those that have to be done one step after the other. */
  #separate(nodes: readonly Node[], results: readonly string[]): Node[] {
    const readers = new Map<string, number>();
    for (const name of [...nodes.flatMap(({ inputs }) => inputs), ...results])
      readers.set(name, (readers.get(name) ?? 0) + 1);
    const left = new Map<string, Node>();
    for (const given of nodes) {
      const node = this.#folded(given, left, readers);
      if (this.#lift(node)) continue;
      for (const output of outputsOf(node)) this.#inside.add(output);
      left.set(node.output, node);
    }
    return [...left.values()];
  }

  /** Of two products one after the other with something that is known outside, one: (x · a) · b is x · (a · b). */
  #folded(node: Node, left: Map<string, Node>, readers: ReadonlyMap<string, number>): Node {
    const factors = this.#factors(node);
    const before = factors === undefined ? undefined : left.get(factors.inside);
    const first = before === undefined ? undefined : this.#factors(before);
    if (factors === undefined || first === undefined || readers.get(factors.inside) !== 1) return node;
    const product = this.#graph.freshName(`${node.name}/known`);
    const both = [first.known, factors.known];
    this.#extents.set(product, broadcast(...both.map((name) => this.#extents.of(name))));
    if (!this.#lift({ op: "Mul", name: product, inputs: both, output: product, attributes: {} })) return node;
    left.delete(factors.inside);
    return { ...node, inputs: [first.inside, product] };
  }

  /** Of a product of something inside with something that is known outside. */
  #factors({ op, inputs: [a, b] }: Node): { readonly inside: string; readonly known: string } | undefined {
    if (op !== "Mul") return undefined;
    const [first, second] = [this.#inside.has(a!), this.#inside.has(b!)];
    if (first === second) return undefined;
    return first ? { inside: a!, known: b! } : { inside: b!, known: a! };
  }

  #port(name: string): Port {
    const type = this.#truths.has(name) ? ({ type: "bool" } as const) : {};
    return { name, shape: this.#extents.of(name), exact: true, ...type };
  }
}

function renamed(node: Node, inputs: string[], outputs: readonly string[]): Node {
  const [output, ...furtherOutputs] = outputs as [string, ...string[]];
  return {
    ...node,
    name: output,
    inputs,
    output,
    ...(furtherOutputs.length === 0 ? {} : { furtherOutputs }),
  };
}

/** Operations that give truth values. */
const TRUTHS: ReadonlySet<string> = new Set([
  ...["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal"],
  ...["And", "Or", "Not", "IsNaN", "IsInf"],
]);
