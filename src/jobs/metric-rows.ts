import type { Baked } from "../data/baked.ts";
import type { Prediction } from "../engine/contract.ts";
import { computeMetrics } from "../metrics/index.ts";
import type { DataSplit, MetricRow, Mode } from "../protocol/index.ts";

/** How good predictions are: yardstick's rows, one set of them for each outcome. */
export function metricRows(
  names: readonly string[] | undefined,
  mode: Mode,
  set: DataSplit,
  outcomes: Baked["outcomes"],
  predictions: ReadonlyMap<string, Prediction>,
): MetricRow[] {
  return [...outcomes].flatMap(([name, truth]) =>
    computeMetrics(names, mode, truth, predictions.get(name)!).map((row) => ({
      ...row,
      set,
      ...(outcomes.size > 1 ? { outcome: name } : {}),
    })),
  );
}
