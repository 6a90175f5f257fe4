import { EPSILON } from "../losses/numbers.ts";
import type { TensorMath } from "../tensor-math.ts";
import { type EpochMetric, type MakeMetric, type MetricOptions } from "./epoch-metric.ts";
import { isLargest } from "./largest.ts";

/** Metrics that count each class by itself. Keras's; where that gives one value a class, KSpec's log has their mean. */
export const byClassMetrics: Readonly<Record<string, MakeMetric>> = {
  F1Score: (options, name, columns) => fScore({ ...options, beta: 1 }, name, columns),
  FBetaScore: fScore,
  BinaryIoU: ({ threshold, targetClassIds = [0, 1] }, name) =>
    byClass(name, 2, binaryColumns(threshold ?? 0.5), (classes) => meanOverlap(classes, targetClassIds)),
  OneHotIoU: ({ targetClassIds = [] }, name, columns) =>
    byClass(name, columns, likeliest, (classes) => meanOverlap(classes, targetClassIds)),
  OneHotMeanIoU: (_, name, columns) =>
    byClass(name, columns, likeliest, (classes) => meanOverlap(classes, [...classes.keys()])),
};

interface ClassCounts {
  /** Estimated as of this class, and so they are. */
  readonly hits: number;
  readonly estimated: number;
  readonly positive: number;
}

type Columns = <T>(math: TensorMath<T>, truth: T, estimate: T) => readonly [truth: T, estimate: T];

/** Sums, column by column, of ones that stand where truth and estimate are of a class. */
function byClass(
  name: string,
  classes: number,
  columns: Columns,
  value: (classes: readonly ClassCounts[]) => number,
): EpochMetric {
  return {
    name,
    kind: "sum",
    values: 3 * classes,
    batch(math, y, p) {
      const [truth, estimate] = columns(math, y, p);
      return [math.mul(truth, estimate), estimate, truth].map((one) => math.sum(one, [0]));
    },
    result: (sums) =>
      value(
        Array.from({ length: classes }, (_, i) => ({
          hits: sums[i] ?? 0,
          estimated: sums[classes + i] ?? 0,
          positive: sums[2 * classes + i] ?? 0,
        })),
      ),
  };
}

/** Without a threshold the likeliest class is estimated, or several that are equally likely. */
function fScore(
  { average = "macro", beta = 1, threshold = null }: MetricOptions,
  name: string,
  columns: number,
): EpochMetric {
  const estimated: Columns = (math, y, p) => [
    y,
    threshold === null
      ? math.mul(math.equal(p, math.largest(p, [-1], true)), math.greater(math.abs(p), 1e-9))
      : math.greater(p, threshold),
  ];
  const score = ({ hits, estimated, positive }: ClassCounts) => {
    const precision = hits / (estimated + EPSILON);
    const recall = hits / (positive + EPSILON);
    return ((precision * recall) / (beta ** 2 * precision + recall + EPSILON)) * (1 + beta ** 2);
  };
  return byClass(name, columns, estimated, (classes) => {
    if (average === "micro") return score(together(classes));
    if (average === "macro") return sum(classes, score) / classes.length;
    const all = sum(classes, ({ positive }) => positive) + EPSILON;
    return sum(classes, (one) => (score(one) * one.positive) / all);
  });
}

function together(classes: readonly ClassCounts[]): ClassCounts {
  return {
    hits: sum(classes, ({ hits }) => hits),
    estimated: sum(classes, ({ estimated }) => estimated),
    positive: sum(classes, ({ positive }) => positive),
  };
}

const likeliest: Columns = (math, y, p) => [isLargest(math, y, 1), isLargest(math, p, 1)];

/** Two classes of one column: no, and yes from the threshold on. */
function binaryColumns(threshold: number): Columns {
  return (math, y, p) => {
    const both = (yes: typeof y) => math.equal(math.reshape(yes, [-1, 1]), math.vector([0, 1]));
    return [both(y), both(math.sub(1, math.greater(threshold, p)))];
  };
}

/** The mean of what truth and estimate of a class have in common, as a share of all that is either; without classes that are neither. */
function meanOverlap(classes: readonly ClassCounts[], ids: readonly number[]): number {
  const there = ids
    .map((id) => classes[id]!)
    .map(({ hits, estimated, positive }) => ({ hits, either: estimated + positive - hits }))
    .filter(({ either }) => either > 1e-9);
  return sum(there, ({ hits, either }) => hits / (either + EPSILON)) / (there.length + EPSILON);
}

function sum<One>(all: readonly One[], value: (one: One) => number): number {
  return all.reduce((total, one) => total + value(one), 0);
}
