import type { GraphRule } from "./rule.ts";

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** A name such as `"conv-1"` or `1`: arguments are made of it, and JavaScript moves number-like keys to the front. */
export const blockNameNoIdentifier: GraphRule = {
  code: "block-name-no-identifier",
  severity: "error",
  about: "The name of a block is no identifier.",
  on: "graph",
  *check(graph) {
    for (const { name, span, entry } of graph.blocks) {
      if (IDENTIFIER.test(name)) continue;
      const better = name.replace(/[^\p{ID_Continue}$]+/gu, "_").replace(/^(?![\p{ID_Start}$_])/u, "block_");
      yield {
        message: `"${name}" cannot name a block: a name is made of letters, digits and "_", and begins with a letter. Rename it, for example to "${better}".`,
        span,
        covers: entry,
      };
    }
  },
};
