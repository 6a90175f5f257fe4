import { closestName } from "../closest-name.ts";
import { connectionsOf } from "../connections.ts";
import { listed } from "../wording.ts";
import { changeTo } from "../fixes.ts";
import type { GraphRule } from "./rule.ts";

/**
 * No block gives the estimate: one named `output`, or with several outcomes one named like each. A spec whose
 * outcomes are not known may have several, and then each of its ends may be an output.
 */
export const noOutput: GraphRule = {
  code: "no-output",
  severity: "error",
  about: "No block is named `output`, or like one of several outcomes.",
  on: "graph",
  *check(graph, { outcomes }) {
    if (graph.api === "sequential" || !graph.complete) return;
    const { byName, ends } = connectionsOf(graph);
    if (outcomes && outcomes.length > 1) {
      // Several numeric outcomes may also be the units of one block (kerasnip's multistep rule).
      if (byName.has("output") && !outcomes.some((outcome) => byName.has(outcome))) return;
      const missing = outcomes.filter((outcome) => !byName.has(outcome));
      if (missing.length > 0)
        yield {
          message: `The recipe has ${outcomes.length} outcomes, and no block is named ${listed(missing, "or")}. Give each outcome a block of its name.`,
          span: graph.span,
        };
      return;
    }
    if (byName.has("output") || byName.size === 0) return;
    const inner = ends.filter((block) => !connectionsOf(graph).inputs.includes(block));
    const misspelt = closestName(
      "output",
      inner.map(({ name }) => name),
    );
    const last = inner.find(({ name }) => name === misspelt) ?? (inner.length === 1 ? inner[0] : undefined);
    if (!last && inner.length > 1) return;
    yield last
      ? {
          message: `No block is named "output". Rename the last block, "${last.name}", to "output".`,
          span: last.span ?? graph.span,
          covers: last.entry,
          fix: changeTo("output", last.span),
        }
      : {
          message:
            'No block is named "output". Add one that returns the estimate: `output: inp_spec(output_block, "…")`.',
          span: graph.span,
        };
  },
};
