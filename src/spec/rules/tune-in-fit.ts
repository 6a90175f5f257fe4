import type { WorkflowRule } from "./rule.ts";

/** A workflow that is exported is fitted as it is, and `tune()` is no value that a fit could use. */
export const tuneInFit: WorkflowRule = {
  code: "tune-in-fit",
  severity: "error",
  about: "A workflow that is fitted has an argument marked with `tune()`.",
  on: "workflow",
  *check({ model, handed_on }) {
    // What another function takes, as tune_grid does, may be there only to be tuned.
    if (!model || handed_on) return;
    for (const { name, value, value_span, span, entry } of model.arguments)
      if (value.type === "tune")
        yield {
          message: `"${name}" is marked with tune(), but this workflow is fitted as it is. Give "${name}" a value.`,
          span: value_span ?? span,
          covers: entry,
        };
  },
};
