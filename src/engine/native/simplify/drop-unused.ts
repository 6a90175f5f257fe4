import type { WholeGraph } from "../onnx/graph.ts";

/** Takes out operations and constants that no output depends on. */
export function dropUnused({ graph, outputs }: WholeGraph): void {
  const needed = new Set(outputs.map(({ name }) => name));
  // Nodes stand after those that they read.
  const kept = graph.nodes.toReversed().filter((node) => {
    if (![node.output, ...(node.furtherOutputs ?? [])].some((name) => name !== "" && needed.has(name)))
      return false;
    for (const input of [...node.inputs, ...(node.captured ?? [])]) needed.add(input);
    return true;
  });
  graph.nodes.splice(0, graph.nodes.length, ...kept.toReversed());
  for (const name of graph.constants.keys()) if (!needed.has(name)) graph.constants.delete(name);
}
