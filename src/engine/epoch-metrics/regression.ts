import { EPSILON, unit } from "../losses/numbers.ts";
import type { TensorMath } from "../tensor-math.ts";
import { meanOf, type MakeMetric } from "./epoch-metric.ts";

/** Keras's metrics of numbers that are no losses; the others are in the losses' own files. */
export const regressionMetrics: Readonly<Record<string, MakeMetric>> = {
  RootMeanSquaredError: (_, name) =>
    meanOf(name, (math, y, p) => math.mean(math.square(math.sub(p, y)), [-1]), { of: Math.sqrt }),

  /** Unlike the loss, more is better. */
  CosineSimilarity: (_, name) =>
    meanOf(name, (math, y, p) => math.sum(math.mul(unit(math, y), unit(math, p)), [-1])),

  /** Of each column: 1 − squared errors / squared distances from the mean. */
  R2Score: ({ classAggregation = "uniform_average" }, name, columns) => ({
    name,
    kind: "sum",
    values: 3 * columns,
    batch: (math, y, p) =>
      [y, math.square(y), math.square(math.sub(y, p))].map((one) =>
        math.sum(math.reshape(one, [-1, columns]), [0]),
      ),
    result(sums, rows) {
      const scores = Array.from({ length: columns }, (_, i) => {
        const [sum, squares, errors] = [0, 1, 2].map((which) => sums[which * columns + i]!) as [
          number,
          number,
          number,
        ];
        const total = squares - (sum * sum) / rows;
        const score = 1 - errors / total;
        return { total, score: Number.isFinite(score) || Number.isNaN(score) ? score : 0 };
      });
      if (classAggregation === "uniform_average")
        return scores.reduce((sum, { score }) => sum + score, 0) / columns;
      const totals = scores.reduce((sum, { total }) => sum + total, 0);
      return scores.reduce((sum, { score, total }) => sum + score * total, 0) / totals;
    },
  }),

  /** Within each row, over several outcomes. */
  PearsonCorrelation: (_, name) =>
    meanOf(name, (math, y, p) => {
      const [truth, estimate] = [y, p].map((one) => {
        const distances = fromMean(math, one);
        return math.div(distances, math.sqrt(math.mean(math.square(distances), [-1], true)));
      }) as [typeof y, typeof y];
      return math.mean(math.mul(truth, estimate), [-1]);
    }),

  /** Within each row, over several outcomes. Keras takes both distances from the mean of the estimates. */
  ConcordanceCorrelation: (_, name) =>
    meanOf(name, (math, y, p) => {
      const mean = (x: typeof y) => math.mean(x, [-1], true);
      const variance = (x: typeof y) => mean(math.square(fromMean(math, x)));
      const shared = math.mul(math.sub(y, mean(p)), math.sub(p, mean(p)));
      const apart = math.square(math.sub(mean(y), mean(p)));
      const norm = math.add(math.add(math.add(variance(y), variance(p)), apart), EPSILON);
      return math.mean(math.div(math.mul(shared, 2), norm), [-1]);
    }),
};

function fromMean<T>(math: TensorMath<T>, x: T): T {
  return math.sub(x, math.mean(x, [-1], true));
}
