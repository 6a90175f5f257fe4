import { didYouMean, listNames } from "../../data/names.ts";
import type { WorkflowDescription } from "../../kspec/description.ts";
import { marksOf, withValues } from "../../kspec/marks.ts";
import { UserError, type ParameterValues } from "../../protocol/index.ts";

/**
 * A workflow with values in the place of its `tune()` marks (tune's `finalize_workflow`). Marks without a value stay.
 *
 * @param values By parameter id.
 * @throws UserError for a value of a parameter that the workflow does not tune.
 */
export function finalizeWorkflow(
  workflow: WorkflowDescription,
  values: ParameterValues,
): WorkflowDescription {
  const ids = marksOf(workflow).map(({ id }) => id);
  const stranger = Object.keys(values).find((id) => !ids.includes(id));
  if (stranger !== undefined)
    throw new UserError(
      "not-tuned",
      `There is a value for \`${stranger}\`, and nothing of the workflow is marked with tune() by that name.${didYouMean(stranger, ids)} ${ids.length === 0 ? "There are no marks." : `Tuned are ${listNames(ids)}.`}`,
    );
  const { data, metrics, fine_tune } = workflow;
  return {
    kind: "workflow",
    ...(data === undefined ? {} : { data }),
    ...withValues(workflow, values),
    ...(metrics === undefined ? {} : { metrics }),
    ...(fine_tune === undefined ? {} : { fine_tune }),
  };
}
