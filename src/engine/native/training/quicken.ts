import type { Port } from "../onnx/graph.ts";
import { foldPadding } from "../simplify/fold-padding.ts";
import { uses } from "../simplify/uses.ts";
import type { GraphExtents } from "./extents.ts";

/**
 * Makes a forward pass that is going to be differentiated quicker, without changing what it or its gradient gives. Nodes stay where
 * they are, since their extents are known by then; those that nobody reads any longer are left for `dropUnused`.
 *
 * @param outputs Names of what is read of it from now on.
 */
export function quicken(extents: GraphExtents, outputs: readonly string[]): void {
  const { graph } = extents;
  const ports = outputs.map((name): Port => ({ name, shape: [] }));
  foldPadding({ name: "forward", graph, inputs: [], outputs: ports });
  poolFirst(extents, ports);
}

/**
 * The largest of values that were cut off at zero is the largest, cut off at zero; and so goes the gradient: where a window has nothing
 * above zero, it ends there. Behind the pooling there are fewer values to cut off.
 */
function poolFirst(extents: GraphExtents, outputs: readonly Port[]): void {
  const { graph } = extents;
  const { readers } = uses({ name: "forward", graph, inputs: [], outputs });
  const places = new Map(graph.nodes.map(({ output }, i) => [output, i]));
  graph.nodes.forEach((pool, i) => {
    const before = places.get(pool.inputs[0] ?? "");
    if (pool.op !== "MaxPool" || pool.furtherOutputs !== undefined || before === undefined) return;
    const relu = graph.nodes[before]!;
    if (relu.op !== "Relu" || relu.asRead || pool.asRead || readers.get(relu.output) !== 1) return;
    // What is between them is the pooled value from now on.
    extents.set(relu.output, extents.of(pool.output));
    graph.nodes[before] = { ...pool, name: relu.name, inputs: relu.inputs, output: relu.output };
    graph.nodes[i] = { ...relu, name: pool.name, inputs: [relu.output], output: pool.output };
  });
}
