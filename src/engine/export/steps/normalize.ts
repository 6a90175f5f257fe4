import { double } from "../graph-column.ts";
import { doesNotFit, type ExportedStep } from "./exported-step.ts";

/** (value − mean) / sd of the training rows */
export const normalize: ExportedStep = (step) => {
  const { graph, label, name, column } = step;
  const { mean, sd } = (step.learnt as Readonly<Record<string, { mean: number; sd: number }>>)[name]!;
  if (column.kind !== "numeric") return doesNotFit(step);
  const centred = graph.add("Sub", label, [column.name, double(graph, mean)]);
  return [[name, { kind: "numeric", name: graph.add("Div", label, [centred, double(graph, sd)]) }]];
};
