import type { Block } from "../block-graph.ts";
import { collisionsOf } from "../model-arguments.ts";
import type { GraphRule } from "./rule.ts";

/** Two generated arguments would have one name: block `dense` with `out_units`, block `dense_out` with `units`. */
export const blockNameCollides: GraphRule = {
  code: "block-name-collides",
  severity: "error",
  about: "The names of two blocks make one argument.",
  on: "graph",
  *check(graph) {
    const reported = new Set<Block>();
    for (const { first, second } of collisionsOf(graph)) {
      const { name, block } = second;
      if (reported.has(block)) continue;
      reported.add(block);
      const other = first.block;
      yield {
        message: other
          ? `Blocks "${other.name}" and "${block.name}" both make the argument "${name}". Rename one of them.`
          : `Block "${block.name}" makes the argument "${name}", which every model has. Rename the block.`,
        span: block.span,
        related: other ? [{ message: `"${other.name}" makes it, too.`, span: other.span }] : [],
        covers: block.entry,
      };
    }
  },
};
