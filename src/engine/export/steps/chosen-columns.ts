import type { ExportedStep } from "./exported-step.ts";

/** Takes out what the step learnt to take out: step_zv, step_nzv, step_corr. */
export const withoutLearnt: ExportedStep = ({ columns, learnt }) =>
  without(columns, learnt as readonly string[]);

export const rm: ExportedStep = ({ columns, named }) => without(columns, named);

/** In the order in which they are chosen. */
export const select: ExportedStep = ({ columns, named }) =>
  new Map(named.map((name) => [name, columns.get(name)!]));

function without(columns: Parameters<ExportedStep>[0]["columns"], names: readonly string[]) {
  return new Map([...columns].filter(([name]) => !names.includes(name)));
}
