import type { Node } from "../onnx/graph.ts";
import { UnknownOperation, type GraphExtents } from "./extents.ts";
import { GradientWriter } from "./gradient-writer.ts";
import { operations } from "./operations/index.ts";
import type { Extents } from "./operations/operation.ts";

/**
 * Reverse-mode automatic differentiation: adds, to a graph, what computes the gradients of one of its values.
 *
 * @param extents The graph; what is written of it so far is differentiated.
 * @param starts Value → its gradient, from where it goes backwards; for a loss, 1.
 * @param variables What the gradients are asked for; those that the starts do not depend on get none.
 * @returns Variable → gradient, of the variable's extents.
 * @throws UnknownOperation where something between them has no rule.
 */
export function differentiate(
  extents: GraphExtents,
  starts: ReadonlyMap<string, string>,
  variables: readonly string[],
): Map<string, string> {
  const { graph } = extents;
  const forward = graph.nodes.slice();
  const active = dependents(forward, variables);
  const gradients = new Map<string, string[]>([...starts].map(([name, gradient]) => [name, [gradient]]));

  /** The sum of what all readers of a value gave, made once. */
  const total = (name: string, label: string): string | undefined => {
    const parts = gradients.get(name);
    if (parts === undefined) return undefined;
    if (parts.length > 1) gradients.set(name, [graph.add("Sum", label, parts)]);
    return gradients.get(name)![0];
  };

  /** The same with the extents of the value itself. */
  const whole = (name: string, label: string): string | undefined => {
    const gradient = total(name, label);
    if (gradient === undefined) return undefined;
    const [found, wanted] = [extents.of(gradient), extents.of(name)];
    if (!isNarrow(found, wanted)) {
      // What is written into a shape that is computed has the extents of the value all the same, and gradients behind it ask for them.
      if (found.includes(null)) extents.set(gradient, wanted);
      return gradient;
    }
    const spread = new GradientWriter(extents, label).spread(gradient, name);
    gradients.set(name, [spread]);
    return spread;
  };

  for (const node of forward.toReversed()) {
    const outputs = [node.output, ...(node.furtherOutputs ?? [])];
    if (!outputs.some((name) => active.has(name) && gradients.has(name))) continue;
    const operation = operations.get(node.op);
    if (operation?.gradient === undefined) throw new UnknownOperation(node);
    if (operation.gradient === "none") continue;
    const label = `gradient of ${node.name}`;
    const write = new GradientWriter(extents, label);
    // What graphs within it read from around it gets its share as well, behind the inputs.
    const reads = [...node.inputs, ...(node.captured ?? [])];
    const facts = { ...extents.facts(node), wanted: (i: number) => active.has(reads[i] ?? "") };
    const first = outputs.length === 1 ? total(node.output, label) : undefined;
    const narrow =
      first !== undefined &&
      operation.takesNarrow?.({ ...facts, output: extents.of(node.output), narrow: extents.of(first) });
    const dys = narrow === true ? [first] : outputs.map((name) => whole(name, label));
    const given = operation.gradient({ ...facts, x: reads, y: outputs, dys, dy: dys[0]!, write });
    given.forEach((gradient, i) => {
      const name = reads[i];
      if (gradient === undefined || name === undefined || !active.has(name)) return;
      const parts = gradients.get(name);
      if (parts === undefined) gradients.set(name, [gradient]);
      else parts.push(gradient);
    });
  }
  return new Map(
    variables.flatMap((name) => {
      const gradient = whole(name, `gradient of ${name}`);
      return gradient === undefined ? [] : [[name, gradient] as const];
    }),
  );
}

/** Whether one value stands for several, along an axis or altogether. */
function isNarrow(gradient: Extents, value: Extents): boolean {
  return gradient.length !== value.length || gradient.some((extent, i) => extent === 1 && value[i] !== 1);
}

/** Everything that depends on one of the variables in a way that can be differentiated. */
function dependents(nodes: readonly Node[], variables: readonly string[]): ReadonlySet<string> {
  const active = new Set(variables);
  for (const node of nodes) {
    if (operations.get(node.op)?.gradient === "none") continue;
    const reads = [...node.inputs, ...(node.captured ?? [])];
    if (!reads.some((name) => active.has(name))) continue;
    active.add(node.output);
    for (const name of node.furtherOutputs ?? []) if (name !== "") active.add(name);
  }
  return active;
}
