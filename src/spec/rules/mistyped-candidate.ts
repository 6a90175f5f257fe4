import { describedValue, fits } from "../argument-values.ts";
import { marksOf } from "../marks.ts";
import type { Mark } from "../marks.ts";
import type { Parameters, Tuning } from "../spec-file.ts";
import type { FileRule, Finding } from "./rule.ts";

/** A candidate has a value that its argument does not take: `{ dense_units: "64" }`, `num_hidden: num_terms([-1, 3])`. */
export const mistypedCandidate: FileRule = {
  code: "mistyped-candidate",
  severity: "error",
  about: "A grid gives an argument a value that it does not take.",
  on: "file",
  *check({ tunings = [] }) {
    for (const tuning of tunings) yield* inTuning(tuning);
  },
};

function* inTuning({ workflow, grid, param_info }: Tuning): Iterable<Finding> {
  if (workflow === undefined) return;
  const marks = new Map(marksOf(workflow).list.map((mark) => [mark.id, mark]));
  yield* inParameters(param_info, marks);
  if (grid === undefined || grid === "absent") return;
  if (grid.kind !== "table") {
    yield* inParameters(grid.parameters, marks);
    return;
  }
  for (const { values } of grid.rows)
    for (const { name, value, value_span, entry } of values) {
      const argument = marks.get(name)?.argument;
      if (argument === undefined) continue;
      if (value.type !== "tune" && fits(value, argument)) continue;
      const found = value.type === "tune" ? "a tune() mark" : describedValue(value);
      yield {
        message: `"${argument.name}" takes ${argument.words}, and this is ${found}.`,
        span: value_span,
        covers: entry,
      };
    }
}

function* inParameters(
  parameters: Parameters | "absent" | undefined,
  marks: ReadonlyMap<string | undefined, Mark>,
): Iterable<Finding> {
  if (parameters === undefined || parameters === "absent") return;
  for (const { id, range, value_span } of parameters.list) {
    const argument = marks.get(id)?.argument;
    const wrong = range?.find((end) => !fits({ type: "number", literal: end }, argument ?? ANYTHING));
    if (argument !== undefined && wrong !== undefined)
      yield {
        message: `"${argument.name}" takes ${argument.words}, and the range goes to ${wrong}.`,
        span: value_span,
      };
  }
}

const ANYTHING = { takes: undefined };
