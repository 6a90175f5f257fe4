import { closestName } from "../closest-name.ts";
import { changeTo } from "../fixes.ts";
import { marksOf } from "../marks.ts";
import { listed, meant } from "../wording.ts";
import type { Span } from "../block-graph.ts";
import type { Parameters, SpecFile, Tuning, Workflow } from "../spec-file.ts";
import type { FileRule, Finding } from "./rule.ts";

interface Named {
  readonly name: string;
  readonly span?: Span | undefined;
  /** Of a shorthand the name is the value, too. */
  readonly entry?: Span | undefined;
}

/** A grid, its levels, a set of parameters or an order of candidates names a parameter that its workflow does not mark. */
export const griddedNotTuned: FileRule = {
  code: "gridded-not-tuned",
  severity: "error",
  about: "A grid, a parameter or an order names what nothing marks with `tune()`.",
  on: "file",
  *check({ tunings = [], selections = [] }: SpecFile) {
    for (const tuning of tunings)
      for (const [workflow, names] of namesIn(tuning)) yield* unknownOf(names, workflow);
    for (const { tuning, order } of selections)
      if (tuning?.workflow)
        yield* unknownOf(
          order.map(({ id, span }) => ({ name: id, span })),
          tuning.workflow,
        );
  },
};

function* namesIn({ workflow, grid, param_info }: Tuning): Iterable<[Workflow, readonly Named[]]> {
  if (workflow === undefined) return;
  yield [workflow, parametersIn(param_info)];
  if (grid === undefined || grid === "absent") return;
  if (grid.kind === "table") {
    // Of a column that is wrong in every row the first one is shown.
    const first = new Map<string, Named>();
    for (const { values } of grid.rows)
      for (const { name, span, entry } of values)
        if (!first.has(name)) first.set(name, { name, span, entry });
    yield [workflow, [...first.values()]];
    return;
  }
  yield [workflow, parametersIn(grid.parameters)];
  if (grid.kind === "regular" && typeof grid.levels === "object") yield [workflow, grid.levels];
}

function parametersIn(parameters: Parameters | "absent" | undefined): readonly Named[] {
  if (parameters === undefined || parameters === "absent") return [];
  return parameters.list.map(({ id, span }) => ({ name: id, span }));
}

function* unknownOf(names: readonly Named[], workflow: Workflow): Iterable<Finding> {
  if (names.length === 0) return;
  const marks = marksOf(workflow);
  if (!marks.complete) return;
  const ids = marks.list.flatMap(({ id }) => id ?? []);
  const given = new Set(workflow.model?.arguments.map(({ name }) => name));
  // Without any mark there is nothing to tune at all, which another rule says.
  if (ids.length === 0) return;
  for (const { name, span, entry } of names) {
    if (ids.includes(name)) continue;
    const closest = closestName(name, ids);
    yield {
      message: `Nothing of this workflow is marked with tune() as "${name}". ${meant(
        closest,
        given.has(name)
          ? `Write ${name}: tune() in the model, or remove it here.`
          : `It tunes ${listed(ids)}.`,
      )}`,
      span,
      covers: entry,
      fix: entry !== undefined && span?.end === entry.end ? undefined : changeTo(closest, span),
    };
  }
}
