import { double } from "../graph-column.ts";
import { eachNumber, learntOf } from "./exported-step.ts";

/** value − mean of the training rows */
export const center = eachNumber((step, value) =>
  step.graph.add("Sub", step.label, [value, double(step.graph, learntOf<number>(step))]),
);
