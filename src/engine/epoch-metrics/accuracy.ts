import type { TensorMath } from "../tensor-math.ts";
import { meanOf, type MakeMetric } from "./epoch-metric.ts";

/** How often the estimated class is the true one. Keras's, and the truth is one column a class, so the sparse forms are the same. */
export const accuracyMetrics: Readonly<Record<string, MakeMetric>> = {
  Accuracy: (_, name, columns) =>
    columns === 1 ? meanOf(name, binaryHits(0.5)) : meanOf(name, categoricalHits),
  BinaryAccuracy: ({ threshold }, name) => meanOf(name, binaryHits(threshold ?? 0.5)),
  CategoricalAccuracy: (_, name) => meanOf(name, categoricalHits),
  SparseCategoricalAccuracy: (_, name) => meanOf(name, categoricalHits),
  TopKCategoricalAccuracy: ({ k = 5 }, name) => topHits(k, name),
  SparseTopKCategoricalAccuracy: ({ k = 5 }, name) => topHits(k, name),
};

type PerRow = <T>(math: TensorMath<T>, truth: T, estimate: T) => T;

function binaryHits(threshold: number): PerRow {
  return (math, y, p) => math.mean(math.equal(math.greater(p, threshold), y), [-1]);
}

const categoricalHits: PerRow = (math, y, p) => math.equal(math.argMax(y), math.argMax(p));

/** How often the true class is among the `k` likeliest: fewer than that are estimated higher. */
function topHits(k: number, name: string): ReturnType<MakeMetric> {
  return meanOf(name, (math, y, p) => {
    const own = math.sum(math.mul(y, p), [-1], true);
    return math.greater(k, math.sum(math.greater(p, own), [-1]));
  });
}
