import type { Block } from "../block-graph.ts";
import type { GraphRule } from "./rule.ts";

/** The same name twice in `layer_blocks`: JavaScript keeps the second and forgets the first. */
export const duplicateBlock: GraphRule = {
  code: "duplicate-block",
  severity: "error",
  about: "Two blocks have one name.",
  on: "graph",
  *check(graph) {
    const seen = new Map<string, Block>();
    for (const block of graph.blocks) {
      const first = seen.get(block.name);
      if (first)
        yield {
          message: `Two blocks are named "${block.name}", and the second replaces the first. Rename one of them.`,
          span: block.span,
          related: [{ message: `The first "${block.name}" is here.`, span: first.span }],
        };
      else seen.set(block.name, block);
    }
  },
};
