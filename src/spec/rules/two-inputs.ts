import { connectionsOf } from "../connections.ts";
import { listed } from "../wording.ts";
import type { GraphRule } from "./rule.ts";

/** More blocks take `input_shape` than the recipe has predictors. */
export const twoInputs: GraphRule = {
  code: "two-inputs",
  severity: "error",
  about: "Two blocks are inputs where the recipe has one predictor.",
  on: "graph",
  *check(graph, { predictors }) {
    if (graph.api === "sequential" || predictors?.length !== 1) return;
    const { inputs } = connectionsOf(graph);
    const [first, ...others] = inputs;
    if (!first || others.length === 0) return;
    const names = inputs.map(({ name }) => name);
    for (const second of others)
      yield {
        message: `${listed(names)} all take input_shape, but the recipe has one predictor, "${predictors[0]}". Keep one, and wire the blocks that read "${second.name}" to it.`,
        span: second.span,
        related: [{ message: `"${first.name}" is an input, too.`, span: first.span }],
        covers: second.entry,
      };
  },
};
