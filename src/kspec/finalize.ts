import type { MetricSetDescription, WorkflowDescription } from "./description.ts";
import { advice, readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import { marksOf, withValues } from "./marks.ts";
import type { MetricSet } from "./metric-set.ts";
import { checkTuning, select_best, type SelectOptions } from "./selection.ts";
import { SpecError } from "./spec-error.ts";
import { checkPart } from "./tuning.ts";
import type {
  FinalizedDescription,
  LastFitDescription,
  SelectionDescription,
  TuningDescription,
} from "./tuning-description.ts";
import { workflow as makeWorkflow, type Workflow, type WorkflowParts } from "./workflow.ts";

/** A workflow that gets a selection's values when its tuning is done. */
export interface Finalized extends FinalizedDescription {
  readonly kind: "finalized";
}

/** The last fit of a chain: on the training rows, measured on the test rows. */
export interface LastFit extends LastFitDescription {
  readonly kind: "last_fit";
}

export interface LastFitOptions {
  /** Default: the workflow's. */
  metrics?: MetricSetDescription;
}
export interface FitBestOptions extends SelectOptions, LastFitOptions {}

const lastFit: KnownOptions<LastFitOptions> = { metrics: "optional" };
const fitBest: KnownOptions<FitBestOptions> = { ...lastFit, metric: "optional" };

/**
 * The workflow with values in the place of its `tune()` marks (tune's `finalize_workflow`): those of a selection, when its tuning
 * is done, or plain ones, at once. A row of `show_best` will do: its columns that are no parameters are passed over.
 *
 * ```ts
 * export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
 * export const chosen = finalize_workflow(wf, { dense_units: 64, learn_rate: 0.01 });
 * ```
 */
export function finalize_workflow(workflow: WorkflowDescription, selection: SelectionDescription): Finalized;
export function finalize_workflow(
  workflow: WorkflowDescription,
  values: Readonly<Record<string, unknown>>,
): Workflow;
export function finalize_workflow(
  workflow: WorkflowDescription,
  chosen: SelectionDescription | Readonly<Record<string, unknown>>,
): Finalized | Workflow {
  checkPart(
    "finalize_workflow",
    "its first argument",
    workflow,
    "workflow",
    "workflow({ data, recipe, model })",
  );
  if ((chosen as { kind?: unknown } | null | undefined)?.kind === "selection")
    return Object.freeze({ kind: "finalized", workflow, selection: chosen as SelectionDescription });
  if (
    typeof chosen !== "object" ||
    chosen === null ||
    Array.isArray(chosen) ||
    typeof chosen["kind"] === "string"
  )
    throw new SpecError(
      "wrong-part",
      `finalize_workflow(): its second argument must be a selection, select_best(results), or values, { dense_units: 64 }, and is ${named(chosen)}.`,
    );
  const ids = marksOf(workflow).map(({ id }) => id);
  for (const name of Object.keys(chosen))
    if (!ids.includes(name) && !name.startsWith(".") && !COLUMNS.has(name))
      throw new SpecError(
        "unknown-parameter",
        `finalize_workflow(): nothing of this workflow is marked with tune() as "${name}". ${ids.length === 0 ? "It has no marks." : advice(name, ids)}`,
      );
  const { data, metrics, fine_tune } = workflow;
  const parts = {
    data,
    ...withValues(workflow, chosen as Readonly<Record<string, unknown>>),
    metrics,
    fine_tune,
  };
  return makeWorkflow(
    Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as WorkflowParts,
  );
}

/** Columns of `show_best` beside the parameters and those that begin with a dot. */
const COLUMNS: ReadonlySet<string> = new Set([
  "mean",
  "n",
  "std_err",
  "iter",
  "rank",
  "wflow_id",
  "preprocessor",
  "model",
]);

/**
 * Fits on the training rows and measures on the test rows (tune's `last_fit`). What it is given a selection by is tuned first.
 * It is a fit like any other: with epochs, a model that predicts, and a run.
 *
 * ```ts
 * export default last_fit(finalize_workflow(wf, select_best(results)), { metrics: metric_set("accuracy", "roc_auc") });
 * ```
 */
export function last_fit(
  workflow: WorkflowDescription | FinalizedDescription,
  options?: LastFitOptions,
): LastFit {
  if ((workflow as { kind?: unknown } | null | undefined)?.kind !== "finalized")
    checkPart(
      "last_fit",
      "its first argument",
      workflow,
      "workflow",
      "finalize_workflow(wf, select_best(results))",
    );
  const { metrics } = readOptions("last_fit", lastFit, options) as { metrics?: MetricSet };
  if (metrics !== undefined)
    checkPart("last_fit", "metrics", metrics, "metric_set", 'metric_set("accuracy")');
  return Object.freeze({ kind: "last_fit", workflow, ...(metrics === undefined ? {} : { metrics }) });
}

/**
 * The last fit of a tuning's best candidate (tune's `fit_best`), measured on the test rows:
 * `last_fit(finalize_workflow(wf, select_best(results)))`.
 *
 * ```ts
 * export default fit_best(results, { metric: "accuracy" });
 * ```
 */
export function fit_best(results: TuningDescription, options?: FitBestOptions): LastFit {
  checkTuning("fit_best", results);
  const { metric, metrics } = readOptions("fit_best", fitBest, options) as FitBestOptions;
  const selection = select_best(results, metric);
  return last_fit(
    finalize_workflow(results.workflow, selection),
    metrics === undefined ? undefined : { metrics },
  );
}
