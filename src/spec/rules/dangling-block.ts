import { closestName } from "../closest-name.ts";
import { connectionsOf } from "../connections.ts";
import type { GraphRule } from "./rule.ts";

/**
 * A block that nothing reads and that is no output: it is not part of the model. Silent where some block may read it
 * after all, and where no output is known (then every end may be one).
 */
export const danglingBlock: GraphRule = {
  code: "dangling-block",
  severity: "warning",
  about: "Nothing reads a block, and it is no output.",
  on: "graph",
  *check(graph, { outcomes }) {
    if (graph.api === "sequential") return;
    const { byName, ends, open, inputs } = connectionsOf(graph);
    if (open) return;
    const several = (outcomes?.length ?? 0) > 1 ? (outcomes ?? []) : [];
    const outputs = new Set(["output", ...several]);
    const hasOutput = [...outputs].some((name) => byName.has(name));
    const misspelt = hasOutput
      ? undefined
      : closestName(
          "output",
          ends.map(({ name }) => name),
        );
    for (const block of ends) {
      if (outputs.has(block.name) || block.name === misspelt) continue;
      // Without an output, an end that is no input is what "no-output" and "two-outputs" speak of.
      if (!hasOutput && misspelt === undefined && !inputs.includes(block)) continue;
      if (!hasOutput && misspelt === undefined && byName.size === 1) continue;
      yield {
        message: `Nothing reads block "${block.name}", so it is not part of the model. Wire a block to it with inp_spec, or remove it.`,
        span: block.span,
      };
    }
  },
};
