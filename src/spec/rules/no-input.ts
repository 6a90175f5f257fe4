import { connectionsOf, takes } from "../connections.ts";
import type { GraphRule } from "./rule.ts";

/**
 * No block takes `input_shape`, so that the data cannot get in. Silent where a block's arguments are not known, and
 * where an upstream is not there: the input may be the block that is missing.
 */
export const noInput: GraphRule = {
  code: "no-input",
  severity: "error",
  about: "No block takes `input_shape`.",
  on: "graph",
  *check(graph) {
    if (!graph.complete) return;
    if (graph.api === "sequential") {
      const first = graph.blocks[0];
      if (first?.arguments.kind !== "known" && first) return;
      // A first block without arguments may build the model from literals.
      if (first && (takes(first, "input_shape") || !takes(first, "model"))) return;
      yield {
        message: first
          ? `The first block, "${first.name}", has to start the model: let it take input_shape in place of model and return sequential(…).`
          : "This spec has no blocks. Start with one that takes input_shape and returns sequential(…).",
        span: first?.span ?? graph.span,
        covers: first?.entry,
      };
      return;
    }
    const { inputs, byName, edges } = connectionsOf(graph);
    if (inputs.length > 0) return;
    if (edges.some(({ block, closest }) => !block && closest === undefined)) return;
    const blocks = [...byName.values()];
    if (blocks.some((block) => block.arguments.kind !== "known" && block.wiring.kind !== "one")) return;
    // A block that is wired and asks for input_shape has a problem of its own.
    if (blocks.some((block) => takes(block, "input_shape"))) return;
    yield {
      message:
        "No block takes input_shape, so the data cannot get in. Add one: `input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape })`.",
      span: graph.span,
    };
  },
};
