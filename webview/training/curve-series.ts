import type { EpochLogs } from "../../src/protocol/index.ts";
import { isBetter } from "../metric-facts.ts";

/** One point of a curve. `value` is null where the epoch has no finite number: the line has a gap there. */
export interface CurvePoint {
  readonly epoch: number;
  readonly value: number | null;
}

/** One measure over the epochs, on the training rows and, where there are any, on the validation rows. */
export interface CurvePair {
  readonly metric: string;
  readonly train: readonly CurvePoint[];
  /** Empty without a validation split. */
  readonly validation: readonly CurvePoint[];
  /** Where validation (else training) was best; null before the first finite value, and of what is set and not measured. */
  readonly best: {
    readonly epoch: number;
    readonly value: number;
    readonly of: "train" | "validation";
  } | null;
}

/** The measures that the epochs hold, the loss first, then in the order in which they were logged. */
export function curveMetrics(epochs: readonly EpochLogs[]): string[] {
  const names = new Set(["loss"]);
  for (const { logs } of epochs)
    for (const name of Object.keys(logs)) names.add(name.startsWith("val_") ? name.slice(4) : name);
  return [...names];
}

export function curvePair(epochs: readonly EpochLogs[], metric: string): CurvePair {
  const read = (name: string): CurvePoint[] =>
    epochs.some(({ logs }) => name in logs)
      ? epochs.map(({ epoch, logs }) => {
          const value = logs[name];
          return { epoch, value: typeof value === "number" && Number.isFinite(value) ? value : null };
        })
      : [];
  const train = read(metric);
  const validation = read(`val_${metric}`);
  const of = validation.length > 0 ? "validation" : "train";
  let best: { epoch: number; value: number } | null = null;
  // A callback has set the learning rate: none is better than another.
  const judged = metric !== "learning_rate";
  for (const { epoch, value } of of === "validation" ? validation : train) {
    if (value === null || !judged) continue;
    if (best === null || isBetter(metric, value, best.value)) best = { epoch, value };
  }
  return { metric, train, validation, best: best && { ...best, of } };
}

/**
 * The last epoch of the horizontal axis. A short fit has its whole axis from the start. A long one
 * grows by doubling, so that the curve is never a stub, and the axis seldom moves. A run that is over
 * ends where it ended.
 */
export function axisEnd(last: number, planned: number, running: boolean): number {
  if (!running) return Math.max(last, 2);
  if (planned <= 100) return Math.max(planned, last, 2);
  let end = 50;
  while (end < last * 1.02) end *= 2;
  return Math.min(Math.max(planned, last), end);
}
