import type { Baked } from "../data/baked.ts";
import type { Prediction } from "../engine/contract.ts";
import { computeMetrics, type MetricNames } from "../metrics/index.ts";
import type { DataSplit, MetricRow, Mode } from "../protocol/index.ts";

/**
 * How good predictions are: yardstick's rows, one set of them for each outcome.
 *
 * @param metrics A workflow's metric set, names alone, or undefined for those of the mode.
 * @param note told why a metric has no value, or what it leaves out.
 */
export function metricRows(
  metrics: MetricNames,
  mode: Mode,
  set: DataSplit,
  outcomes: Baked["outcomes"],
  predictions: ReadonlyMap<string, Prediction>,
  note?: (message: string) => void,
): MetricRow[] {
  return [...outcomes].flatMap(([name, truth]) => {
    const of = outcomes.size > 1 ? ` Outcome: ${name}.` : "";
    return computeMetrics(metrics, mode, truth, predictions.get(name)!, {
      ...(note === undefined ? {} : { note: ({ message }) => note(`${message}${of}`) }),
    }).map((row) => ({ ...row, set, ...(outcomes.size > 1 ? { outcome: name } : {}) }));
  });
}
