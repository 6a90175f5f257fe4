import type { Baked } from "../data/baked.ts";
import type { FittedModel, Prediction } from "../engine/contract.ts";
import type { DataSplit, MetricRow } from "../protocol/index.ts";
import { IN_RUN, type RunWriter } from "../runs/index.ts";
import { bakedRows, plainRows, tableRows } from "./baked-rows.ts";
import type { RunnableWorkflow } from "./choose-workflow.ts";
import { evaluationOf } from "./evaluation.ts";
import { metricRows } from "./metric-rows.ts";
import { predictionColumns, toCsv, truthColumn } from "./prediction-table.ts";
import type { AllRows, Rows } from "./read-rows.ts";
import type { RunLog } from "./run-log.ts";

/**
 * Predicts validation and test rows: their metrics, and of the set that the run is judged by (test, else validation, else
 * the training rows) what the panel draws, `predictions.csv` and `metrics.json`.
 *
 * @returns what `metrics.json` says.
 */
export async function assess(
  workflow: RunnableWorkflow,
  run: RunWriter,
  log: RunLog,
  model: FittedModel,
  rows: AllRows,
  signal: AbortSignal,
): Promise<readonly MetricRow[]> {
  log.phase("evaluate");
  const sets: [DataSplit, Rows][] = [];
  const train = { table: rows.train.table, baked: plainRows(rows.train.baked) };
  const validation = rows.validation ?? lastFraction(train, workflow.model.arguments["fit_validation_split"]);
  if (validation !== undefined) sets.push(["validation", validation]);
  if (rows.test !== undefined) sets.push(["test", rows.test]);
  if (sets.length === 0) sets.push(["train", train]);
  const total = sets.reduce((sum, [, { table }]) => sum + table.rows, 0);
  const unit = [...rows.train.table.columns.values()].some(({ kind }) => kind === "image")
    ? "images"
    : "rows";
  let before = 0;
  let judgement: Judgement | undefined;
  for (const [set, { table, baked }] of sets) {
    const predictions = await model.predict(baked, signal, (done) =>
      log.progress("evaluate", before + done, total, unit),
    );
    before += table.rows;
    const metrics = metricRows(
      workflow.metrics,
      workflow.model.spec.mode,
      set,
      baked.outcomes,
      predictions,
      (message) => log.note("information", "metric-note", `In the ${set} rows ${message}`),
    );
    log.say({ type: "metrics", set, n: table.rows, metrics });
    judgement = { set, rows: { table, baked }, predictions, metrics };
  }
  // The set that the run is judged by came last.
  log.phase("save");
  await keep(run, log, judgement!, rows.train.baked);
  return judgement!.metrics;
}

interface Judgement {
  readonly set: DataSplit;
  readonly rows: Rows;
  readonly predictions: ReadonlyMap<string, Prediction>;
  readonly metrics: readonly MetricRow[];
}

async function keep(run: RunWriter, log: RunLog, judgement: Judgement, training: Baked): Promise<void> {
  const { set, rows, predictions, metrics } = judgement;
  const { table, baked } = rows;
  const shapes = [...baked.outcomes].map(([name, outcome]) => ({
    name,
    ...(outcome.kind === "nominal" ? { levels: outcome.levels } : {}),
  }));
  const columns = new Map(predictionColumns(shapes, predictions));
  for (const [name, truth] of baked.outcomes) columns.set(name, truthColumn(truth));
  // Which picture a row was: without it a wrong prediction cannot be looked up.
  for (const [name, column] of table.columns)
    if (column.kind === "image" && !columns.has(name)) {
      const ids = column.images.map(({ id }) => id);
      columns.set(name, ids);
    }
  run.write(IN_RUN.predictions, toCsv(columns));
  run.writeMetrics(metrics);
  for (const [name, truth] of baked.outcomes) {
    const of = { name, truth, prediction: predictions.get(name)!, training: training.outcomes.get(name) };
    log.say(await evaluationOf(run, set, of, table));
  }
}

/** The rows that `fit_validation_split` keeps from training: the last ones (Keras). */
function lastFraction({ table, baked }: Rows, split: unknown): Rows | undefined {
  if (typeof split !== "number" || split <= 0 || split >= 1) return undefined;
  const from = Math.floor(table.rows * (1 - split));
  return from >= table.rows
    ? undefined
    : { table: tableRows(table, from, table.rows), baked: bakedRows(baked, from, table.rows) };
}
