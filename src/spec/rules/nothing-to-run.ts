import type { FileRule } from "./rule.ts";

/** The file exports nothing that can be run. Silent where an export could not be followed. */
export const nothingToRun: FileRule = {
  code: "nothing-to-run",
  severity: "information",
  about: "The file exports nothing that can be fitted.",
  on: "file",
  *check({ exports, workflows, complete, span }) {
    if (!complete || exports.some(({ kind }) => kind === "workflow" || kind === "unknown")) return;
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
