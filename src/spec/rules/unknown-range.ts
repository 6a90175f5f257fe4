import { marksOf } from "../marks.ts";
import { hasUsualRange } from "../usual-ranges.ts";
import type { Parameters, Tuning } from "../spec-file.ts";
import type { FileRule, Finding } from "./rule.ts";

/** An argument is tuned whose name says nothing of its values, and neither does the tuning. */
export const unknownRange: FileRule = {
  code: "unknown-range",
  severity: "error",
  about: "Nothing says which values a tuned argument may have.",
  on: "file",
  *check({ tunings = [] }) {
    for (const tuning of tunings) yield* inTuning(tuning);
  },
};

function* inTuning({ method, workflow, grid, param_info }: Tuning): Iterable<Finding> {
  // A table says it itself.
  if (method === "fit_resamples" || workflow === undefined || grid === undefined) return;
  if (grid !== "absent" && grid.kind === "table") return;
  const said = [idsOf(param_info), grid === "absent" ? [] : idsOf(grid.parameters)];
  if (said.some((ids) => ids === undefined)) return;
  for (const mark of marksOf(workflow).list) {
    const { id, given, argument } = mark;
    // What the block does not know at all is another mistake.
    if (id === undefined || hasUsualRange(mark) || (mark.step === undefined && argument === undefined))
      continue;
    if (said.some((ids) => ids?.includes(id))) continue;
    const type = argument?.argument?.type;
    const words = type === "string" || given.name === "fit_sample_weight" || given.name === "compile_metrics";
    const example = words
      ? 'new_qual_param({ values: ["…", "…"] })'
      : 'new_quant_param({ type: "double", range: [0, 1] })';
    yield {
      message: `Nothing says which values "${given.name}" may have. Say it in the tuning, param_info: parameters({ ${id}: ${example} }), or give a table of candidates as its grid.`,
      span: given.value_span ?? given.span,
      covers: given.entry,
    };
  }
}

function idsOf(parameters: Parameters | "absent" | undefined): readonly string[] | undefined {
  if (parameters === "absent") return [];
  return parameters?.complete === true ? parameters.list.map(({ id }) => id) : undefined;
}
