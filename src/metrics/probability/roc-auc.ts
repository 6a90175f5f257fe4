import type { Classified, ClassHow, ProbabilityMetric } from "../metric.ts";
import { againstRest, hasBoth } from "./against-rest.ts";
import { area, byThreshold, type ScoredEvents } from "./thresholds.ts";

/**
 * The area under the ROC curve. For more than two classes Hand and Till's mean over all pairs of classes
 * (Machine Learning 45, 2001); classes without rows take part in no pair. Case weights have no part in that, so that with them
 * it is the mean of each class against the rest, as in yardstick.
 */
export const roc_auc: ProbabilityMetric = {
  name: "roc_auc",
  mode: "classification",
  from: "probabilities",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: ["hand_till", "macro", "macro_weighted", "binary"],
  compute: (data, how) =>
    how.estimator === "hand_till"
      ? handAndTill(data, how)
      : againstRest(data, how, (rows, level) =>
          hasBoth("roc_auc", rows, how.levels[level]!, how) ? areaUnderRoc(rows) : NaN,
        ),
};

function areaUnderRoc(rows: ScoredEvents): number {
  if (rows.weights === null) {
    const { scores, events } = rows;
    return areaUnderCurve(
      scores.filter((_, row) => events[row] === 1),
      scores.filter((_, row) => events[row] === 0),
    );
  }
  const { found, wrong } = byThreshold(rows);
  const [events, others] = [found.at(-1)!, wrong.at(-1)!];
  return area([0, ...wrong.map((each) => each / others)], [0, ...found.map((each) => each / events)]);
}

function handAndTill({ truth, probabilities }: Classified, { levels, note }: ClassHow): number {
  const rows = levels.map((): number[] => []);
  truth.forEach((code, row) => rows[code]!.push(row));
  const absent = levels.filter((_, i) => rows[i]!.length === 0);
  const present = levels.map((_, i) => i).filter((i) => rows[i]!.length > 0);
  if (present.length < 2) note("roc_auc is not defined: all rows are of one class.");
  else if (absent.length > 0)
    note(
      `roc_auc leaves out classes of which there is no row: ${absent.map((level) => `"${level}"`).join(", ")}.`,
    );
  const scores = (of: number, by: number) =>
    Float64Array.from(rows[of]!, (row) => probabilities[row * levels.length + by]!);
  let sum = 0;
  let pairs = 0;
  for (const i of present)
    for (const j of present) {
      if (j <= i) continue;
      const first = areaUnderCurve(scores(i, i), scores(j, i));
      const second = areaUnderCurve(scores(j, j), scores(i, j));
      sum += (first + second) / 2;
      pairs++;
    }
  return sum / pairs;
}

/**
 * The probability that a random positive scores higher than a random negative, ties counted half (Mann and
 * Whitney): the area under the ROC curve.
 */
export function areaUnderCurve(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const above = Float64Array.from(positives).sort();
  const below = Float64Array.from(negatives).sort();
  let wins = 0;
  let less = 0;
  let upTo = 0;
  for (const score of above) {
    while (less < below.length && below[less]! < score) less++;
    if (upTo < less) upTo = less;
    while (upTo < below.length && below[upTo]! <= score) upTo++;
    wins += (less + upTo) / 2;
  }
  return wins / (above.length * below.length);
}
