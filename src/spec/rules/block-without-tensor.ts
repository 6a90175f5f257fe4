import { takes, tensorArguments } from "../connections.ts";
import type { GraphRule } from "./rule.ts";

/** A block that takes neither a tensor nor `input_shape`; in a sequential spec, one after the first that does not take `model`. */
export const blockWithoutTensor: GraphRule = {
  code: "block-without-tensor",
  severity: "error",
  about: "A block takes no tensor, so that nothing can reach it.",
  on: "graph",
  *check(graph) {
    for (const [index, block] of graph.blocks.entries()) {
      if (block.arguments.kind !== "known") continue;
      if (graph.api === "sequential") {
        // A tensor in its place is what "unsupplied-argument" speaks of.
        if (
          index === 0 ||
          takes(block, "model") ||
          block.arguments.list.some(({ type }) => type === "tensor")
        )
          continue;
        yield {
          message: `Block "${block.name}" does not take the model. Let it take and return it: \`({ model }: SequentialBlock) => …\`.`,
          span: block.span,
          covers: block.entry,
        };
        continue;
      }
      if (takes(block, "input_shape") || tensorArguments(block, graph).length > 0) continue;
      // Without types, an argument that nobody wires yet may be a tensor; "unsupplied-argument" cannot tell either.
      if (block.arguments.list.some(({ type, optional }) => type === "unknown" && optional !== true))
        continue;
      yield {
        message: `Block "${block.name}" takes no tensor, so nothing can reach it. Let it take one, \`({ tensor }: Block) => …\`, or input_shape if it is an input.`,
        span: block.span,
        covers: block.entry,
      };
    }
  },
};
