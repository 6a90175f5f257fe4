import { double } from "../graph-column.ts";
import { eachNumber, learntOf } from "./exported-step.ts";

/** (value − mean) / sd of the training rows */
export const normalize = eachNumber((step, value) => {
  const { graph, label } = step;
  const { mean, sd } = learntOf<{ mean: number; sd: number }>(step);
  return graph.add("Div", label, [graph.add("Sub", label, [value, double(graph, mean)]), double(graph, sd)]);
});
