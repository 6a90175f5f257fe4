import type { TensorMath } from "../tensor-math.ts";
import { meanOf, type EpochMetric } from "./epoch-metric.ts";

/** How often the estimated class is the true one. */
export const accuracyMetrics: Readonly<Record<string, (name: string) => EpochMetric>> = {
  accuracy: (name) =>
    meanOf(name, (math, y, p) => (math.shape(y).at(-1) === 1 ? binaryHits(math, y, p) : hits(math, y, p))),
  acc: (name) => accuracyMetrics["accuracy"]!(name),
  binary_accuracy: (name) => meanOf(name, binaryHits),
  categorical_accuracy: (name) => meanOf(name, hits),
  // The truth is one column a class here, so both forms are the same.
  sparse_categorical_accuracy: (name) => meanOf(name, hits),
  top_k_categorical_accuracy: (name) => topK(name, 5),
  sparse_top_k_categorical_accuracy: (name) => topK(name, 5),
};

function binaryHits<T>(math: TensorMath<T>, y: T, p: T): T {
  return math.mean(math.equal(math.greater(p, 0.5), math.greater(y, 0.5)), [-1]);
}

function hits<T>(math: TensorMath<T>, y: T, p: T): T {
  return math.equal(math.argMax(y), math.argMax(p));
}

/** How often the true class is among the `k` likeliest: fewer than that are estimated higher. */
export function topK(name: string, k: number): EpochMetric {
  return meanOf(name, (math, y, p) => {
    const own = math.sum(math.mul(y, p), [-1], true);
    return math.greater(k, math.sum(math.greater(p, own), [-1]));
  });
}
