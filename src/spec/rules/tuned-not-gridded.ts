import { marksOf, type Mark } from "../marks.ts";
import { listed } from "../wording.ts";
import type { Tuning } from "../spec-file.ts";
import type { FileRule, Finding } from "./rule.ts";

/** A mark that no candidate, or not every one, of a table has a value for. */
export const tunedNotGridded: FileRule = {
  code: "tuned-not-gridded",
  severity: "error",
  about: "An argument marked with `tune()` gets no value from the grid.",
  on: "file",
  *check({ tunings = [] }) {
    for (const tuning of tunings) yield* inTuning(tuning);
  },
};

function* inTuning({ method, workflow, grid }: Tuning): Iterable<Finding> {
  if (workflow === undefined || grid === undefined || grid === "absent" || method === "fit_resamples") return;
  if (grid.kind !== "table" || !grid.complete || grid.rows.length === 0) return;
  if (grid.rows.some(({ complete }) => !complete)) return;
  const marks = marksOf(workflow).list.filter((mark): mark is Mark & { id: string } => mark.id !== undefined);
  const columns = new Set(grid.rows.flatMap(({ values }) => values.map(({ name }) => name)));
  for (const mark of marks)
    if (!columns.has(mark.id))
      yield {
        message: `"${mark.given.name}" is marked with tune(), but the grid has no column "${mark.id}". Write one, or give "${mark.given.name}" a value.`,
        span: mark.given.value_span ?? mark.given.span,
        covers: mark.given.entry,
      };
  for (const { values, span } of grid.rows) {
    const missing = marks.filter(({ id }) => columns.has(id) && values.every(({ name }) => name !== id));
    if (missing.length > 0)
      yield { message: `This candidate has no value for ${listed(missing.map(({ id }) => id))}.`, span };
  }
}
