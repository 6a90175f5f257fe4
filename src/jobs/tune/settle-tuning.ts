import type { MetricSetDescription } from "../../kspec/description.ts";
import type { TuningDescription } from "../../kspec/tuning-description.ts";
import type { Dataset, Table } from "../../data/table.ts";
import { metricSet } from "../../metrics/index.ts";
import { UserError, type Fold, type TunedMetric, type TunedParameter } from "../../protocol/index.ts";
import { resolveParameters } from "../../tuning/parameters/index.ts";
import type { RunnableWorkflow } from "../choose-workflow.ts";
import { asMetricError } from "../metric-error.ts";
import type { ReadDataset } from "../read-rows.ts";
import { readDataset } from "../read-rows.ts";

/** A tuning with its rows dealt, its parameters known and its metrics found. The same in every process, by the seed. */
export interface SettledTuning {
  readonly tuning: TuningDescription;
  readonly workflow: RunnableWorkflow;
  readonly parameters: readonly TunedParameter[];
  readonly metrics: readonly TunedMetric[];
  readonly dataset: Dataset;
  readonly notes: ReadDataset["notes"];
  /** The rows that are resampled. */
  readonly table: Table;
  /** "5-fold cross-validation" */
  readonly label: string;
  readonly folds: readonly DealtFold[];
}

export interface DealtFold {
  readonly id: string;
  readonly analysis: Int32Array;
  readonly assessment: Int32Array;
}

/** @throws UserError for a workflow without model or data, parameters that nobody can tell, rows that cannot be dealt so. */
export async function settleTuning(
  tuning: TuningDescription,
  specFolder: string,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<SettledTuning> {
  const workflow = runnable(tuning);
  const parameters = resolveParameters(tuning.workflow, tuning.param_info, tuning.grid);
  const metrics = metricsOf(workflow);
  const { makeResamples } = await import("../../data/index.ts");
  const { dataset, notes } = await readDataset(workflow, specFolder, signal);
  const table = dataset.train;
  const { label, folds, notes: dealing } = makeResamples(tuning.resamples, table, seed);
  const said = dealing.map((message) => ["information", "resamples", message] as const);
  return { tuning, workflow, parameters, metrics, dataset, notes: [...notes, ...said], table, label, folds };
}

export function foldSizes(folds: readonly DealtFold[]): Fold[] {
  return folds.map(({ id, analysis, assessment }) => ({
    id,
    analysis: analysis.length,
    assessment: assessment.length,
  }));
}

/** The workflow with the tuning's metrics, and with the rows that its resamples name. */
function runnable({ workflow, metrics, resamples }: TuningDescription): RunnableWorkflow {
  const data = resamples.data ?? workflow.data;
  const { model } = workflow;
  if (model === undefined)
    throw new UserError(
      "no-model",
      "The workflow that is tuned has no model. Give it one: workflow({ model: my_model({ … }), … }).",
    );
  if (data === undefined)
    throw new UserError(
      "no-data",
      `The workflow that is tuned has no data. Give it some: workflow({ data: datasets.csv("data.csv"), … }), or name them in the resamples: vfold_cv(my_data, { v: 5 }).`,
    );
  const chosen: MetricSetDescription | undefined = metrics ?? workflow.metrics;
  return { ...workflow, model, data, ...(chosen === undefined ? {} : { metrics: chosen }) };
}

function metricsOf({ metrics, model }: RunnableWorkflow): TunedMetric[] {
  try {
    return metricSet(metrics, model.spec.mode).map(({ name, direction }) => ({ name, direction }));
  } catch (error) {
    throw asMetricError(error);
  }
}
