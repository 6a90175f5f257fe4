import type { Export } from "../spec-file.ts";
import type { FileRule } from "./rule.ts";

const RUN: ReadonlySet<Export["kind"]> = new Set([
  "workflow",
  "tuning",
  "last_fit",
  "workflow_map",
  "unknown",
]);

/** The file exports nothing that can be run. Silent where an export could not be followed. */
export const nothingToRun: FileRule = {
  code: "nothing-to-run",
  severity: "information",
  about: "The file exports nothing that can be fitted or tuned.",
  on: "file",
  *check({ exports, workflows, tunings = [], complete, span }) {
    if (!complete || exports.some(({ kind }) => RUN.has(kind))) return;
    const finalized = exports.find(({ kind }) => kind === "finalized");
    if (finalized || tunings.length > 0) {
      yield {
        message: finalized
          ? `What finalize_workflow() gives is known only when its tuning is done. Fit it: export default last_fit(${finalized.name === "default" ? "…" : finalized.name}).`
          : "This file has a tuning but does not export it. Write `export` before it to run it.",
        span: finalized?.span ?? tunings[0]?.span ?? span,
      };
      return;
    }
    const spec = exports.find(({ kind }) => kind === "spec" || kind === "model");
    yield {
      message:
        workflows.length > 0
          ? "This file has a workflow but does not export it. Write `export default` before it to fit it."
          : `${spec ? `"${spec.name}" alone cannot be fitted` : "This file exports nothing that can be fitted"}. Export a workflow: \`export default workflow({ data, recipe, model })\`.`,
      span: (workflows.length > 0 ? workflows[0]?.span : spec?.span) ?? exports[0]?.span ?? span,
    };
  },
};
