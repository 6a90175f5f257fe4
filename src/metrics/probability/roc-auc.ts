import type { ClassMetric } from "../metric.ts";

/**
 * The area under the ROC curve. For more than two classes Hand and Till's mean over all pairs of classes
 * (Machine Learning 45, 2001); classes without rows take part in no pair.
 */
export const roc_auc: ClassMetric = {
  name: "roc_auc",
  mode: "classification",
  direction: "maximize",
  several: "hand_till",
  compute: ({ levels, truth, probabilities }) => {
    const rows = levels.map((_, level) => rowsOf(truth, level));
    const scores = (of: readonly number[], level: number) =>
      of.map((row) => probabilities[row * levels.length + level]!);
    const present = levels.map((_, i) => i).filter((i) => rows[i]!.length > 0);
    let sum = 0;
    let pairs = 0;
    for (const i of present)
      for (const j of present) {
        if (j <= i) continue;
        const first = areaUnderCurve(scores(rows[i]!, i), scores(rows[j]!, i));
        const second = areaUnderCurve(scores(rows[j]!, j), scores(rows[i]!, j));
        sum += (first + second) / 2;
        pairs++;
      }
    return sum / pairs;
  },
};

function rowsOf(truth: Int32Array, level: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < truth.length; row++) if (truth[row] === level) rows.push(row);
  return rows;
}

/**
 * The probability that a random positive scores higher than a random negative, ties counted half (Mann and
 * Whitney): the area under the ROC curve.
 */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number {
  const all = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ];
  all.sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]!.score === all[from]!.score) to++;
    // Equal scores share the mean of their ranks, which count from 1.
    const rank = (from + 1 + to) / 2;
    for (let k = from; k < to; k++) if (all[k]!.positive) rankSum += rank;
    from = to;
  }
  const n = positives.length;
  return (rankSum - (n * (n + 1)) / 2) / (n * negatives.length);
}
