import { marksOf } from "../marks.ts";
import type { Finding, FileRule } from "./rule.ts";
import type { Workflow } from "../spec-file.ts";

/** What is fitted as it is, or on resamples alone, has an argument marked with `tune()`, which is no value that a fit could use. */
export const tuneInFit: FileRule = {
  code: "tune-in-fit",
  severity: "error",
  about: "A workflow that is fitted has an argument marked with `tune()`.",
  on: "file",
  *check({ exports, tunings = [] }) {
    for (const { kind, workflow } of exports) {
      // What another function takes, as tune_grid does, may be there only to be tuned.
      if (kind === "workflow" && workflow?.handed_on === true) continue;
      if (workflow) yield* inFit(workflow, "this workflow is fitted as it is");
    }
    for (const { method, workflow } of tunings)
      if (method === "fit_resamples" && workflow)
        yield* inFit(workflow, "fit_resamples() fits the workflow as it is");
  },
};

function* inFit(workflow: Workflow, why: string): Iterable<Finding> {
  for (const { given } of marksOf(workflow).list)
    yield {
      message: `"${given.name}" is marked with tune(), but ${why}. Give "${given.name}" a value.`,
      span: given.value_span ?? given.span,
      covers: given.entry,
    };
}
