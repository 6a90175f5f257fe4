import { double } from "../graph-column.ts";
import { eachNumber, learntOf } from "./exported-step.ts";

/** What is not a number becomes the training rows' mean, or median. */
export const imputeNumber = eachNumber((step, value) => {
  const { graph, label } = step;
  const missing = graph.add("IsNaN", label, [value]);
  return graph.add("Where", label, [missing, double(graph, learntOf<number>(step)), value]);
});
