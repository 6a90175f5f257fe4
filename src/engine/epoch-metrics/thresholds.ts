import type { TensorMath } from "../tensor-math.ts";
import { columnsOf, count } from "./confusion.ts";
import { share, type EpochMetric, type MakeMetric, type MetricOptions } from "./epoch-metric.ts";

/** Metrics that count at many thresholds between 0 and 1. Keras's, with its 200 thresholds. */
export const thresholdMetrics: Readonly<Record<string, MakeMetric>> = {
  AUC: (options, name) =>
    // Outside of 0 and 1 as well, so that each curve begins and ends.
    swept(options, name, true, (at) => areaUnder(options, at)),
  SensitivityAtSpecificity: best("specificity", (at) => [specificity(at), sensitivity(at)]),
  SpecificityAtSensitivity: best("sensitivity", (at) => [sensitivity(at), specificity(at)]),
  PrecisionAtRecall: best("recall", (at) => [sensitivity(at), precision(at)]),
  RecallAtPrecision: best("precision", (at) => [precision(at), sensitivity(at)]),
};

/** The four fields of the confusion matrix at a threshold. */
interface Confusion {
  /** True and false positives, false and true negatives. */
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

const sensitivity = ({ tp, fn }: Confusion) => share(tp, tp + fn);
const specificity = ({ tn, fp }: Confusion) => share(tn, tn + fp);
const precision = ({ tp, fp }: Confusion) => share(tp, tp + fp);

/** The largest of one, where the other is at least what the option says. */
function best(
  constraint: "specificity" | "sensitivity" | "recall" | "precision",
  of: (at: Confusion) => [constrained: number, dependent: number],
): MakeMetric {
  return (options, name) =>
    swept(options, name, false, (at) =>
      at.reduce((most, one) => {
        const [constrained, dependent] = of(one);
        return constrained >= options[constraint]! ? Math.max(most, dependent) : most;
      }, 0),
    );
}

/**
 * Counts at thresholds i / (n − 1), as Keras does: estimates are cut to 0 to 1 and multiplied with n − 1, and compared with i.
 *
 * @param around The first threshold is below 0, and everything above it.
 */
function swept(
  options: MetricOptions,
  name: string,
  around: boolean,
  value: (at: readonly Confusion[]) => number,
): EpochMetric {
  const { numThresholds = 200 } = options;
  const steps = Array.from({ length: numThresholds }, (_, i) => (around && i === 0 ? -1 : i));
  return {
    name,
    kind: "sum",
    values: 2 * numThresholds + 2,
    batch<T>(math: TensorMath<T>, y: T, p: T) {
      const [truth, estimate] = columnsOf(options, math, y, p);
      const scaled = math.mul(math.min(math.max(estimate, 0), 1), numThresholds - 1);
      const [positive, level] = [truth, scaled].map((one) => math.reshape(one, [-1, 1])) as [T, T];
      const columns = math.shape(truth).at(-1)!;
      // Each of the values with each of the thresholds: of many columns, a few thresholds after the other.
      const atOnce = Math.max(1, Math.floor(MOST_A_ROW / columns));
      const hits: T[] = [];
      const estimated: T[] = [];
      for (let from = 0; from < numThresholds; from += atOnce) {
        const over = math.greater(level, math.vector(steps.slice(from, from + atOnce)));
        hits.push(math.sum(math.mul(over, positive), [0]));
        estimated.push(math.sum(over, [0]));
      }
      return [...hits, ...estimated, math.sum(truth), count(math, truth)];
    },
    result(sums) {
      const [positive, all] = sums.slice(2 * numThresholds) as [number, number];
      return value(
        Array.from({ length: numThresholds }, (_, i): Confusion => {
          const tp = sums[i]!;
          const fp = sums[numThresholds + i]! - tp;
          return { tp, fp, fn: positive - tp, tn: all - positive - fp };
        }),
      );
    },
  };
}

/** Comparisons that a row's may need at once. */
const MOST_A_ROW = 4096;

/** The area under a curve of confusion matrices, from the lowest threshold to the highest. */
function areaUnder(options: MetricOptions, at: readonly Confusion[]): number {
  const { curve = "ROC", summationMethod = "interpolation" } = options;
  if (curve === "PR" && summationMethod === "interpolation") return interpolatedPrecision(at);
  const points = at.map(CURVES[curve]);
  const height = HEIGHTS[summationMethod];
  return sumOfSteps(points, ([x, y], [nextX, nextY]) => (x - nextX) * height(y, nextY));
}

type Point = readonly [x: number, y: number];

const CURVES: Readonly<Record<"ROC" | "PR" | "PRGAIN", (at: Confusion) => Point>> = {
  ROC: (at) => [share(at.fp, at.fp + at.tn), sensitivity(at)],
  PR: (at) => [sensitivity(at), precision(at)],
  /** Flach and Kull 2015, "Precision-recall-gain curves". */
  PRGAIN({ tp, fp, fn, tn }) {
    if (tp === 0) return [0, 1];
    const odds = share(tp + fn, tn + fp);
    return [Math.max(0, 1 - odds * share(fn, tp)), 1 - odds * share(fp, tp)];
  },
};

const HEIGHTS = {
  interpolation: (a: number, b: number) => (a + b) / 2,
  minoring: Math.min,
  majoring: Math.max,
} as const;

/** Davis and Goadrich 2006: between two points precision is no straight line, but the true positives are. */
function interpolatedPrecision(at: readonly Confusion[]): number {
  return sumOfSteps(at, (one, next) => {
    const [estimated, fewer] = [one.tp + one.fp, next.tp + next.fp];
    const hits = one.tp - next.tp;
    const slope = share(hits, Math.max(estimated - fewer, 0));
    const intercept = next.tp - slope * fewer;
    const ratio = estimated > 0 && fewer > 0 ? estimated / fewer : 1;
    return share(slope * (hits + intercept * Math.log(ratio)), Math.max(next.tp + next.fn, 0));
  });
}

function sumOfSteps<Point>(points: readonly Point[], area: (one: Point, next: Point) => number): number {
  return points.slice(1).reduce((sum, next, i) => sum + area(points[i]!, next), 0);
}
