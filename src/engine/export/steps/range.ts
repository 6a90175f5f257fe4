import { double } from "../graph-column.ts";
import { eachNumber, learntOf } from "./exported-step.ts";

/** From the training rows' ends to the step's, in the same order of operations as the step. */
export const range = eachNumber((step, value) => {
  const { graph, label } = step;
  const { min, max, clipping } = step.options as { min: number; max: number; clipping: boolean };
  const ends = learntOf<{ min: number; max: number }>(step);
  const by = (op: string, from: string, number: number) =>
    graph.add(op, label, [from, double(graph, number)]);
  const stretched = by("Mul", by("Sub", value, ends.min), max - min);
  const moved = by("Add", by("Div", stretched, ends.max - ends.min), min);
  return clipping ? by("Min", by("Max", moved, min), max) : moved;
});
