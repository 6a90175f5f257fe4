import type { Node, Port, WholeGraph } from "../../onnx/graph.ts";
import { differentiate } from "../differentiate.ts";
import { broadcast, GraphExtents, UnknownOperation } from "../extents.ts";
import type { GradientCall } from "../operations/operation.ts";
import { forAllSteps } from "./all-steps.ts";
import { InnerGraph, outputsOf } from "./inner-graph.ts";

/** A value of the step as it is to be had around the Scan: for all steps, or as something that they share. */
interface Outside {
  readonly name: string;
  readonly stacked: boolean;
}

/** The backward Scan's body, and what it goes along in the order of its inputs behind the states. */
export interface Backwards {
  readonly body: WholeGraph;
  readonly takes: readonly string[];
}

/** One step of a Scan in a graph of its own, and as much of it as can be computed for all steps at once. */
export class OneStep {
  /** What is computed for all steps at once. */
  readonly all: InnerGraph;
  /** Of that, what the Scan kept already → what it kept. */
  readonly kept = new Map<string, string>();
  readonly #of: GradientCall;
  readonly #body: WholeGraph;
  readonly #states: number;
  readonly #graph: InnerGraph;
  readonly #extents: GraphExtents;
  /** Values in the Scan's body → the same in this graph. */
  readonly #names = new Map<string, string>();
  readonly #outside = new Map<string, Outside>();
  /** What depends on the gradients of the states. */
  readonly #inside = new Set<string>();
  /** Of this graph and truth values. */
  readonly #truths = new Set<string>();

  constructor(of: GradientCall, body: WholeGraph, states: number) {
    const outer = of.write;
    this.#of = of;
    this.#body = body;
    this.#states = states;
    this.all = new InnerGraph(outer.graph);
    this.#graph = new InnerGraph(outer.graph);
    this.#extents = new GraphExtents(this.#graph, outer.extents);
    for (const port of body.inputs) this.#names.set(port.name, this.#input("step", port));
    for (const node of body.graph.nodes) this.#graph.nodes.push(this.#copy(node));

    const given = this.#given();
    for (const [i, { name }] of body.inputs.entries()) {
      const inside = this.#names.get(name)!;
      const found = i < states ? given.get(inside) : of.x[i];
      if (found === undefined)
        throw new Error("A Scan that is trained through gives its states before each step.");
      this.#outside.set(inside, { name: found, stacked: true });
    }
    for (const node of this.#graph.nodes) if (!this.#lift(node)) throw new UnknownOperation(node);
    for (const [inside, kept] of given) {
      const { name } = this.#outside.get(inside)!;
      if (name !== kept) this.kept.set(name, kept);
    }
  }

  /** What a value in the Scan's body is for all steps. */
  atOnce(name: string): string {
    return this.#outside.get(this.#names.get(name)!)!.name;
  }

  /**
   * The step backwards: from the gradients of the states behind it, to those of the states before it. It gives the former too, for
   * each step.
   *
   * @param dys Gradients of the Scan's outputs.
   */
  backwards(dys: readonly (string | undefined)[]): Backwards {
    const { inputs, outputs } = this.#body;
    const carried = inputs.slice(0, this.#states).map((port) => this.#input("gradient behind", port));
    for (const name of carried) this.#inside.add(name);
    const starts = outputs.flatMap((port, i): [string, string][] => {
      if (i < this.#states) return [[this.#names.get(port.name)!, carried[i]!]];
      if (dys[i] === undefined) return [];
      const gradient = this.#input("gradient", port);
      this.#outside.set(gradient, { name: dys[i], stacked: true });
      return [[this.#names.get(port.name)!, gradient]];
    });
    const states = inputs.slice(0, this.#states).map(({ name }) => this.#names.get(name)!);
    const forward = this.#graph.nodes.length;
    const gradients = differentiate(this.#extents, new Map(starts), states);
    const left = this.#separate(this.#graph.nodes.slice(forward), [...gradients.values()]);

    const body = new InnerGraph(this.#of.write.graph);
    body.nodes.push(...left);
    const out = (name: string) => body.add("Identity", this.#of.write.label, [name]);
    const before = states.map((name, i) => {
      const found = gradients.get(name);
      // The step does not look at the state, and nothing comes back.
      return found === undefined
        ? body.add("Sub", this.#of.write.label, [carried[i]!, carried[i]!])
        : out(found);
    });
    const again = carried.map(out);
    const takes = new Set<string>();
    for (const node of body.nodes)
      node.inputs = node.inputs.map((name) => {
        const outside = this.#outside.get(name);
        if (outside === undefined) return name;
        if (!outside.stacked) return outside.name;
        takes.add(name);
        return name;
      });
    const port = (name: string, shape: Port["shape"]): Port => ({
      name,
      shape,
      exact: true,
      ...(this.#truths.has(name) ? { type: "bool" } : {}),
    });
    const ofState = (names: readonly string[]) => names.map((name, i) => port(name, inputs[i]!.shape));
    return {
      body: {
        name: this.#graph.freshName(`${this.#of.write.label}/step`),
        graph: body,
        inputs: [...ofState(carried), ...[...takes].map((name) => port(name, this.#extents.of(name)))],
        outputs: [...ofState(before), ...ofState(again)],
      },
      takes: [...takes].map((name) => {
        const { name: around } = this.#outside.get(name)!;
        return this.kept.get(around) ?? around;
      }),
    };
  }

  /** Values of this graph that the Scan gives of each step → the output that has them. */
  #given(): Map<string, string> {
    const { outputs, graph } = this.#body;
    return new Map(
      outputs.slice(this.#states).flatMap(({ name }, i) => {
        const made = graph.nodes.find(({ output }) => output === name);
        const from = made?.op === "Identity" ? made.inputs : [];
        return [...from, name].map((one) => [this.#names.get(one)!, this.#of.y[this.#states + i]!] as const);
      }),
    );
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
    this.all.nodes.push({ ...renamed(node, inputs, names), attributes });
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
