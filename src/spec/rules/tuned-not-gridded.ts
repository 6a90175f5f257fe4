import { marksOf, type Mark } from "../marks.ts";
import { listed } from "../wording.ts";
import type { Parameters, Tuning } from "../spec-file.ts";
import type { FileRule, Finding } from "./rule.ts";

/** A mark that no candidate has a value for: a table or a set of parameters without it. */
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
  const marks = marksOf(workflow).list.filter((mark): mark is Mark & { id: string } => mark.id !== undefined);
  if (grid.kind === "table") {
    if (!grid.complete || grid.rows.length === 0 || grid.rows.some(({ complete }) => !complete)) return;
    const columns = new Set(grid.rows.flatMap(({ values }) => values.map(({ name }) => name)));
    for (const mark of marks)
      if (!columns.has(mark.id))
        yield at(mark, `the grid has no column "${mark.id}". Write one, or give ${named(mark)} a value.`);
    for (const { values, span } of grid.rows) {
      const missing = marks.filter(({ id }) => columns.has(id) && values.every(({ name }) => name !== id));
      if (missing.length > 0)
        yield { message: `This candidate has no value for ${listed(missing.map(({ id }) => id))}.`, span };
    }
    return;
  }
  const ids = idsOf(grid.parameters);
  if (ids !== undefined)
    for (const mark of marks)
      if (!ids.has(mark.id))
        yield at(
          mark,
          `the grid's parameters are only ${listed([...ids])}. Add "${mark.id}" to them, or give ${named(mark)} a value.`,
        );
}

/** The whole set, where nothing of a workflow is in it. */
function idsOf(parameters: Parameters | "absent" | undefined): ReadonlySet<string> | undefined {
  if (parameters === undefined || parameters === "absent") return undefined;
  if (!parameters.complete || parameters.workflow !== undefined || parameters.list.length === 0)
    return undefined;
  return new Set(parameters.list.map(({ id }) => id));
}

const named = ({ given }: Mark) => `"${given.name}"`;

function at(mark: Mark, what: string): Finding {
  return {
    message: `${named(mark)} is marked with tune(), but ${what}`,
    span: mark.given.value_span ?? mark.given.span,
    covers: mark.given.entry,
  };
}
