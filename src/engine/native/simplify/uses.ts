import type { Node, WholeGraph } from "../onnx/graph.ts";

/** Which node makes each value, and how often each is read; an output of the graph counts as a reader. */
export function uses({ graph, outputs }: WholeGraph): {
  readonly maker: ReadonlyMap<string, Node>;
  readonly readers: ReadonlyMap<string, number>;
} {
  const readers = new Map<string, number>();
  const count = (name: string) => readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const { inputs, captured = [] } of graph.nodes) [...inputs, ...captured].forEach(count);
  for (const { name } of outputs) count(name);
  return { maker: new Map(graph.nodes.map((node) => [node.output, node])), readers };
}
