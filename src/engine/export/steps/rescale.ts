import { double, single } from "../graph-column.ts";
import { doesNotFit, eachColumn } from "./exported-step.ts";

/** value · scale + offset */
export const rescale = eachColumn((step) => {
  const { graph, label, name, column } = step;
  const { scale, offset } = step.options as { scale: number; offset: number };
  const number = column.kind === "numeric" ? double : single;
  const changed = (value: string) => {
    const scaled = scale === 1 ? value : graph.add("Mul", label, [value, number(graph, scale)]);
    return offset === 0 ? scaled : graph.add("Add", label, [scaled, number(graph, offset)]);
  };
  if (column.kind === "numeric") return [[name, { ...column, name: changed(column.name) }]];
  if (column.kind === "nominal") return doesNotFit(step);
  return [[name, { ...column, value: { ...column.value, name: changed(column.value.name) } }]];
});
