import { blockArguments, fixedArguments, type ModelArgument } from "../model-arguments.ts";
import type { GraphRule } from "./rule.ts";

/** Two generated arguments would have one name: block `dense` with `out_units`, block `dense_out` with `units`. */
export const blockNameCollides: GraphRule = {
  code: "block-name-collides",
  severity: "error",
  about: "The names of two blocks make one argument.",
  on: "graph",
  *check(graph) {
    const seen = new Map<string, ModelArgument>(
      fixedArguments().map((argument) => [argument.name, argument]),
    );
    const reported = new Set<unknown>();
    for (const argument of blockArguments(graph)) {
      const { name, block } = argument;
      const other = seen.get(name);
      if (!other) {
        seen.set(name, argument);
        continue;
      }
      // The same name twice is "duplicate-block".
      if (!block || other.block?.name === block.name || reported.has(block)) continue;
      reported.add(block);
      yield {
        message: other.block
          ? `Blocks "${other.block.name}" and "${block.name}" both make the argument "${name}". Rename one of them.`
          : `Block "${block.name}" makes the argument "${name}", which every model has. Rename the block.`,
        span: block.span,
        related: other.block
          ? [{ message: `"${other.block.name}" makes it, too.`, span: other.block.span }]
          : [],
        covers: block.entry,
      };
    }
  },
};
