import type { TensorMath } from "../tensor-math.ts";
import { share, type EpochMetric, type MakeMetric, type MetricOptions } from "./epoch-metric.ts";
import { isLargest } from "./largest.ts";

/** Metrics of how many values are positive, and how many are estimated so, over all columns (or one, `classId`). Keras's. */
export const confusionMetrics: Readonly<Record<string, MakeMetric>> = {
  TruePositives: counted(({ hits }) => hits),
  FalsePositives: counted(({ hits, estimated }) => estimated - hits),
  FalseNegatives: counted(({ hits, positive }) => positive - hits),
  TrueNegatives: counted(({ hits, estimated, positive, all }) => all - positive - estimated + hits),
  Precision: counted(({ hits, estimated }) => share(hits, estimated)),
  Recall: counted(({ hits, positive }) => share(hits, positive)),
};

interface Counts {
  /** Estimated positive, and so they are. */
  readonly hits: number;
  readonly estimated: number;
  readonly positive: number;
  readonly all: number;
}

/** What is above the threshold is estimated positive; with `topK`, of a row's largest alone. */
function counted(value: (counts: Counts) => number): MakeMetric {
  return (options, name): EpochMetric => ({
    name,
    kind: "sum",
    values: 4,
    batch(math, y, p) {
      const [truth, estimate] = columnsOf(options, math, y, p);
      const { threshold = 0.5, topK } = options;
      const above = topK === undefined || options.threshold !== undefined;
      const among = topK === undefined ? undefined : columnOf(options, math, isLargest(math, p, topK));
      const over = above ? math.greater(estimate, threshold ?? 0.5) : among!;
      const estimated = above && among !== undefined ? math.mul(over, among) : over;
      return [math.mul(estimated, truth), estimated, truth]
        .map((one) => math.sum(one))
        .concat(count(math, truth));
    },
    result: ([hits = 0, estimated = 0, positive = 0, all = 0]) => value({ hits, estimated, positive, all }),
  });
}

/** Whether each value is positive, and its estimate: of all columns, or of one. */
export function columnsOf<T>(options: MetricOptions, math: TensorMath<T>, y: T, p: T): [T, T] {
  const truth = columnOf(options, math, y);
  return [math.sub(1, math.equal(truth, 0)), columnOf(options, math, p)];
}

function columnOf<T>({ classId }: MetricOptions, math: TensorMath<T>, x: T): T {
  if (classId === undefined) return x;
  const columns = math.shape(x).at(-1)!;
  const only = math.vector(Array.from({ length: columns }, (_, i) => (i === classId ? 1 : 0)));
  return math.sum(math.mul(x, only), [-1], true);
}

/** How many values there are. */
export function count<T>(math: TensorMath<T>, x: T): T {
  const each = math.shape(x).slice(1);
  return math.mul(
    math.rows(x),
    each.reduce<number>((size, extent) => size * (extent ?? 1), 1),
  );
}
