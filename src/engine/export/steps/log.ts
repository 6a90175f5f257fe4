import { double } from "../graph-column.ts";
import { eachNumber } from "./exported-step.ts";

/**
 * The logarithm of value + offset, or of |value| with its sign. A number that has no logarithm is an error in `predict`; a graph cannot
 * refuse, and there it is not a number, or infinite.
 */
export const log = eachNumber((step, value) => {
  const { graph, label } = step;
  const { base, offset, signed } = step.options as { base: number; offset: number; signed: boolean };
  const inBase = (from: string) =>
    graph.add("Div", label, [graph.add("Log", label, [from]), double(graph, Math.log(base))]);
  if (!signed) return inBase(offset === 0 ? value : graph.add("Add", label, [value, double(graph, offset)]));
  const size = graph.add("Abs", label, [value]);
  const signs = graph.add("Mul", label, [graph.add("Sign", label, [value]), inBase(size)]);
  const small = graph.add("Less", label, [size, double(graph, 1)]);
  return graph.add("Where", label, [small, double(graph, 0), signs]);
});
