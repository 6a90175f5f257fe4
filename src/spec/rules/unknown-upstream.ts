import { connectionsOf } from "../connections.ts";
import { listed } from "../wording.ts";
import { changeTo } from "../fixes.ts";
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
    for (const { reader, upstream, span, block, closest } of edges) {
      if (block) continue;
      yield {
        message: `No block is named "${upstream}". ${closest === undefined ? remedy(reader.name, byName.keys()) : `Did you mean "${closest}"?`}`,
        span: span ?? reader.value,
        covers: reader.entry,
        // An argument that is wired by its name stands in more places than this one.
        fix: reader.wiring.kind === "names" ? undefined : changeTo(closest, span),
      };
    }
  },
};

function remedy(reader: string, names: Iterable<string>): string {
  const others = Array.from(names).filter((name) => name !== reader);
  return others.length > 0 ? `Name one of ${listed(others, "or")}.` : "Add it to layer_blocks.";
}
