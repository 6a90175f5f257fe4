import type { Evaluation, Example } from "../../src/protocol/index.ts";
import type { ViewState } from "../view-state.ts";

/** Whether the model had it wrong; in regression every estimate is a little wrong, so none is. */
export function isWrong(example: Example): boolean {
  return typeof example.truth === "string" && example.truth !== String(example.estimate);
}

/** The examples that the filters leave. In regression `wrong` is the order of the largest errors. */
export function chosenExamples(
  evaluation: Pick<Evaluation, "examples" | "levels">,
  view: Pick<ViewState, "examples" | "truth" | "estimate">,
): readonly Example[] {
  if (evaluation.levels.length === 0) {
    if (view.examples === "all") return evaluation.examples;
    const error = (one: Example) => Math.abs(Number(one.truth) - Number(one.estimate));
    return [...evaluation.examples].sort((a, b) => error(b) - error(a));
  }
  return evaluation.examples.filter(
    (example) =>
      (view.examples === "all" || isWrong(example)) &&
      (view.truth === null || String(example.truth) === view.truth) &&
      (view.estimate === null || String(example.estimate) === view.estimate),
  );
}
