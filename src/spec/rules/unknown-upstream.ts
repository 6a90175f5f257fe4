import { connectionsOf } from "../connections.ts";
import { listed, meant } from "../wording.ts";
import type { GraphRule } from "./rule.ts";

/**
 * A block reads a block that is not there: `inp_spec(dense, "inptu")`, `inp_spec(join, { left: "inptu" })`, or a
 * tensor argument that nearly has the name of a block. Silent where blocks may be missing from the graph.
 */
export const unknownUpstream: GraphRule = {
  code: "unknown-upstream",
  severity: "error",
  about: "A block is wired to a block that is not in the spec.",
  on: "graph",
  *check(graph) {
    if (!graph.complete) return;
    const { edges, byName } = connectionsOf(graph);
    for (const { reader, upstream, block, closest } of edges) {
      if (block) continue;
      const others = [...byName.keys()].filter((name) => name !== reader.name);
      const remedy = others.length > 0 ? `Name one of ${listed(others, "or")}.` : "Add it to layer_blocks.";
      yield {
        message: `No block is named "${upstream.name}". ${meant(closest, remedy)}`,
        span: upstream.span ?? reader.value,
        covers: reader.entry,
        replacement: closest,
      };
    }
  },
};
