import type { EpochMetric } from "./epoch-metric.ts";

interface Counts {
  /** Estimated positive, and so they are. */
  readonly hits: number;
  readonly estimated: number;
  readonly positive: number;
}

/** Metrics of counts over all columns, estimated positive above one half. */
export const countMetrics: Readonly<Record<string, (name: string) => EpochMetric>> = {
  precision: (name) => counted(name, ({ hits, estimated }) => share(hits, estimated)),
  recall: (name) => counted(name, ({ hits, positive }) => share(hits, positive)),
};

/** Keras's: 0 of nothing is 0. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function counted(name: string, value: (counts: Counts) => number): EpochMetric {
  return {
    name,
    kind: "sum",
    values: 3,
    batch(math, y, p) {
      const estimated = math.greater(p, 0.5);
      const positive = math.greater(y, 0.5);
      return [math.mul(estimated, positive), estimated, positive].map((one) => math.sum(one));
    },
    result: ([hits = 0, estimated = 0, positive = 0]) => value({ hits, estimated, positive }),
  };
}
