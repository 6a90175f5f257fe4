import { mean } from "d3-array";
import type { CandidateState } from "../../src/protocol/index.ts";
import { curveMetrics, curvePair, type CurvePair, type CurvePoint } from "../training/curve-series.ts";
import { isBetter } from "../metric-facts.ts";

/** The measures that a candidate's trials logged, the loss first. */
export function foldMetrics({ trials }: CandidateState): string[] {
  return curveMetrics(trials.flatMap(({ history }) => history));
}

/** One measure of a candidate over the epochs: fold by fold, and the mean of the folds. */
export function foldCurves(
  { trials }: CandidateState,
  metric: string,
): { readonly mean: CurvePair; readonly folds: readonly CurvePair[] } {
  const folds = trials
    .filter(({ history }) => history.length > 0)
    .map(({ history }) => curvePair(history, metric));
  const train = meanCurve(folds.map((one) => one.train));
  const validation = meanCurve(folds.map((one) => one.validation));
  const of = validation.length > 0 ? "validation" : "train";
  const best = (of === "validation" ? validation : train).reduce<CurvePair["best"]>(
    (best, { epoch, value }) =>
      value !== null && (best === null || isBetter(metric, value, best.value)) ? { epoch, value, of } : best,
    null,
  );
  return { mean: { metric, train, validation, best: metric === "learning_rate" ? null : best }, folds };
}

/**
 * The mean over the folds, as far as all of them go: where one has stopped early the mean of the others would jump. Histories are
 * thinned, each in its own way, so that a fold's value between two of its epochs is read off the line that joins them.
 */
export function meanCurve(curves: readonly (readonly CurvePoint[])[]): CurvePoint[] {
  if (curves.length === 0 || curves.some((points) => points.length === 0)) return [];
  const last = Math.min(...curves.map((points) => (points.at(-1) as CurvePoint).epoch));
  const first = Math.max(...curves.map((points) => (points[0] as CurvePoint).epoch));
  const epochs = [...new Set(curves.flatMap((points) => points.map(({ epoch }) => epoch)))]
    .filter((epoch) => epoch >= first && epoch <= last)
    .sort((a, b) => a - b);
  return epochs.map((epoch) => {
    const values = curves.map((points) => valueBetween(points, epoch));
    return { epoch, value: values.includes(null) ? null : (mean(values as number[]) ?? null) };
  });
}

function valueBetween(points: readonly CurvePoint[], epoch: number): number | null {
  const i = points.findIndex((point) => point.epoch >= epoch);
  const after = points[i];
  if (after === undefined || after.epoch === epoch) return after?.value ?? null;
  const before = points[i - 1];
  if (before === undefined || before.value === null || after.value === null) return null;
  const share = (epoch - before.epoch) / (after.epoch - before.epoch);
  return before.value + share * (after.value - before.value);
}
