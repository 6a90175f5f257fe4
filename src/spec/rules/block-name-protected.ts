import type { GraphRule } from "./rule.ts";

const PROTECTED: ReadonlySet<string> = new Set(["compile", "fit", "optimizer", "__proto__"]);

/** `compile`, `fit` and `optimizer` begin the names of arguments that every model has (kerasnip); `__proto__` is JavaScript's. */
export const blockNameProtected: GraphRule = {
  code: "block-name-protected",
  severity: "error",
  about: "A block has a name that KSpec or JavaScript needs itself.",
  on: "graph",
  *check(graph) {
    for (const { name, span, entry } of graph.blocks)
      if (PROTECTED.has(name))
        yield {
          message: `A block cannot be named "${name}": that name is protected. Rename it, for example to "${name.replaceAll("_", "")}_block".`,
          span,
          covers: entry,
        };
  },
};
