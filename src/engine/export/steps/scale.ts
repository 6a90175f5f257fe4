import { double } from "../graph-column.ts";
import { eachNumber, learntOf } from "./exported-step.ts";

/** value / (factor · sd) of the training rows */
export const scale = eachNumber((step, value) =>
  step.graph.add("Div", step.label, [value, double(step.graph, learntOf<number>(step))]),
);
