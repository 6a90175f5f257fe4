import type { DatasetDescription, ModelDescription, WorkflowDescription } from "../kspec/description.ts";
import type { LastFitDescription } from "../kspec/tuning-description.ts";
import { UserError } from "../protocol/index.ts";
import type { RunRecord } from "../runs/index.ts";
import { finalizeWorkflow } from "../tuning/parameters/index.ts";
import type { LoadedSpec } from "./load-spec.ts";
import { chooseTunable, finalFitOf, kindOf, type Tunable } from "./tune/choose-tunable.ts";

/** A workflow with all that a fit needs. */
export interface RunnableWorkflow extends WorkflowDescription {
  readonly model: ModelDescription;
  readonly data: DatasetDescription;
}

/**
 * The workflow to fit: the one that is named, else the default export, else the only one.
 *
 * @param tuned the candidate whose values the workflow behind a tuning, or behind a `last_fit`, gets.
 * @param name an export's name; `default` too. A model's name does as well, where it is the only one of that name.
 * @throws UserError that lists what there is.
 */
export function chooseWorkflow(
  spec: LoadedSpec,
  name: string | undefined,
  tuned?: RunRecord["tuned"],
): { readonly name: string; readonly workflow: RunnableWorkflow } {
  if (tuned !== undefined && name !== undefined) return { name, workflow: withValuesOf(spec, name, tuned) };
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
  return { name: chosen, workflow: runnable(chosen, found.get(chosen)!) };
}

/**
 * The export that is to be fitted, where it gets its values from a tuning first: `last_fit(finalize_workflow(…, select_best(…)))`.
 * undefined where it is a workflow as it stands, or nothing that can be fitted.
 */
export function tunableFitOf(spec: LoadedSpec, name: string | undefined): Tunable | undefined {
  const chosen = name ?? ("default" in spec.exports ? "default" : onlyFit(spec));
  const found = chosen === undefined ? undefined : finalFitOf(spec.exports[chosen]);
  return found === undefined ? undefined : { name: chosen!, ...found };
}

/** Where the default export is none: the one export that can be fitted. */
function onlyFit({ exports }: LoadedSpec): string | undefined {
  const names = Object.entries(exports).filter(([, value]) =>
    ["workflow", "last_fit"].includes(kindOf(value) ?? ""),
  );
  return names.length === 1 ? names[0]![0] : undefined;
}

function withValuesOf(
  spec: LoadedSpec,
  name: string,
  { values, index }: NonNullable<RunRecord["tuned"]>,
): RunnableWorkflow {
  const tuning = index === undefined ? undefined : chooseTunable(spec, name).tunings[index]?.tuning;
  const final = index === undefined ? finalFitOf(spec.exports[name])?.final : undefined;
  const workflow = final?.workflow ?? tuning?.workflow;
  if (workflow === undefined)
    throw new UserError("no-such-workflow", `The spec exports no tuning named "${name}" any more.`);
  const metrics = final?.metrics ?? tuning?.metrics ?? workflow.metrics;
  return runnable(
    name,
    finalizeWorkflow({ ...workflow, ...(metrics === undefined ? {} : { metrics }) }, values),
  );
}

function runnable(chosen: string, workflow: WorkflowDescription): RunnableWorkflow {
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
  return workflow as RunnableWorkflow;
}

/** Exported workflows by export name. One that is exported under two names is kept under the first. */
function workflowsOf(spec: LoadedSpec): Map<string, WorkflowDescription> {
  const found = new Map<string, WorkflowDescription>();
  for (const [name, value] of Object.entries(spec.exports))
    if (kindOf(value) === "workflow") found.set(name, value as WorkflowDescription);
    else if (kindOf(value) === "last_fit") {
      const { workflow, metrics } = value as LastFitDescription;
      if (workflow.kind === "workflow")
        found.set(name, metrics === undefined ? workflow : { ...workflow, metrics });
    }
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

function listed(names: readonly string[]): string {
  const said = names.map((name) => (name === "default" ? "the default export" : `"${name}"`));
  return said.length === 1 ? `only ${said[0]}` : `${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}
