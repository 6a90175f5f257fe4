import type { DatasetDescription, ModelDescription, WorkflowDescription } from "../kspec/description.ts";
import { UserError } from "../protocol/index.ts";
import type { LoadedSpec } from "./load-spec.ts";

/** A workflow with all that a fit needs. */
export interface RunnableWorkflow extends WorkflowDescription {
  readonly model: ModelDescription;
  readonly data: DatasetDescription;
}

/**
 * The workflow to fit: the one that is named, else the default export, else the only one.
 *
 * @param name an export's name; `default` too. A model's name does as well, where it is the only one of that name.
 * @throws UserError that lists what there is.
 */
export function chooseWorkflow(
  spec: LoadedSpec,
  name: string | undefined,
): { readonly name: string; readonly workflow: RunnableWorkflow } {
  const found = workflowsOf(spec);
  const names = [...found.keys()];
  if (found.size === 0) throw new UserError("nothing-to-fit", nothingToFit(spec));
  let chosen: string;
  if (name !== undefined) {
    const byModel = names.filter((each) => found.get(each)!.model?.spec.model_name === name);
    if (found.has(name)) chosen = name;
    else if (byModel.length === 1) chosen = byModel[0]!;
    else
      throw new UserError(
        "no-such-workflow",
        `The spec exports no workflow named "${name}". It exports ${listed(names)}.`,
      );
  } else if (found.has("default")) chosen = "default";
  else if (found.size === 1) chosen = names[0]!;
  else
    throw new UserError(
      "several-workflows",
      `The spec exports several workflows: ${listed(names)}. Name one with --workflow, or make one the default export.`,
    );
  const workflow = found.get(chosen)!;
  const called = chosen === "default" ? "The workflow" : `The workflow "${chosen}"`;
  if (workflow.model === undefined)
    throw new UserError(
      "no-model",
      `${called} has no model. Give it one: workflow({ model: my_model({ … }), … }).`,
    );
  if (workflow.data === undefined)
    throw new UserError(
      "no-data",
      `${called} has no data. Give it some: workflow({ data: datasets.image_folder("photos"), … }).`,
    );
  return { name: chosen, workflow: workflow as RunnableWorkflow };
}

/** Exported workflows by export name. One that is exported under two names is kept under the first. */
function workflowsOf(spec: LoadedSpec): Map<string, WorkflowDescription> {
  const found = new Map<string, WorkflowDescription>();
  for (const [name, value] of Object.entries(spec.exports))
    if (kindOf(value) === "workflow") found.set(name, value as WorkflowDescription);
  const byDefault = found.get("default");
  for (const [name, workflow] of found) if (name !== "default" && workflow === byDefault) found.delete(name);
  return found;
}

function nothingToFit(spec: LoadedSpec): string {
  const kinds = Object.values(spec.exports).map(kindOf);
  // A spec's export is the function that makes models of it.
  if (
    Object.keys(spec.exports).length > 0 &&
    kinds.some((kind) => kind === "spec" || kind === "model" || kind === null)
  )
    return 'The file exports nothing that can be fitted. Export a workflow: "export default workflow({ data, recipe, model, metrics })".';
  return 'The file exports nothing. Export a workflow: "export default workflow({ data, recipe, model, metrics })".';
}

function kindOf(value: unknown): string | null {
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  return typeof kind === "string" ? kind : null;
}

function listed(names: readonly string[]): string {
  const said = names.map((name) => (name === "default" ? "the default export" : `"${name}"`));
  return said.length === 1 ? `only ${said[0]}` : `${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}
