import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { Matrix, solve } from "ml-matrix";
import { raceBy, type RaceTest } from "./race.ts";

/** How much better or worse than the best candidate another one is, with the fold as a block. */
export interface Contrast {
  /** Score minus the best one's; 0 or less in the balanced case. */
  readonly estimate: number;
  readonly std_err: number;
  /** Bounds of the one-sided intervals: the true difference is below `upper`, and above `lower`, each with confidence 1 − alpha. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * finetune's `tune_race_anova` (Kuhn 2014): a candidate is given up when the upper bound of its difference to the best one is below 0.
 *
 * finetune fits a mixed model in which folds are a random effect; with every candidate on every fold its differences, and their
 * standard errors, are those of the repeated-measures analysis of variance, `score ~ fold + candidate`, which is what is fitted here.
 * Bounds are Student's, where finetune takes the normal distribution's.
 */
export const raceAnova = raceBy((scores, alpha) => clearlyWorse(scores, alpha));

const clearlyWorse: RaceTest = (scores, alpha) => {
  const best = bestRow(scores);
  const contrasts = contrastsWithBest(scores, best, alpha);
  if (contrasts === null) return [];
  // Candidates that are exactly as good differ by what rounding leaves.
  const size = scores.flat().reduce<number>((most, score) => Math.max(most, Math.abs(score ?? 0)), 0);
  return scores.flatMap((_, row) => (row !== best && contrasts[row]!.upper < -1e-12 * size ? [row] : []));
};

/**
 * The analysis of variance `score ~ fold + candidate`, as contrasts of every candidate with the best one. Folds on which a candidate
 * has no value are left out of it, and the estimates are then those of least squares.
 *
 * @returns null where no degree of freedom is left for the error.
 */
export function contrastsWithBest(
  scores: readonly (readonly (number | null)[])[],
  best: number,
  alpha: number,
): readonly Contrast[] | null {
  const folds = foldsWithValues(scores);
  const counts = scores.map((row) => folds.filter((fold) => row[fold] !== null).length);
  const n = counts.reduce((sum, count) => sum + count, 0);
  const freedom = n - scores.length - (folds.length - 1);
  if (freedom < 1) return null;

  // Candidates may be many and folds are few: candidates' means are taken out first (Frisch, Waugh and Lovell), so that the equations
  // that are solved are one for each fold but the first.
  const others = folds.slice(1);
  const shares = scores.map((row, c) => others.map((fold) => (row[fold] === null ? 0 : 1 / counts[c]!)));
  const means = scores.map((row, c) => folds.reduce((sum, fold) => sum + (row[fold] ?? 0), 0) / counts[c]!);
  const within = Matrix.zeros(others.length, others.length);
  const right = Matrix.zeros(others.length, 1);
  scores.forEach((row, c) => {
    others.forEach((fold, i) => {
      if (row[fold] === null) return;
      right.set(i, 0, right.get(i, 0) + row[fold]! - means[c]!);
      others.forEach((other, j) => {
        if (row[other] === null) return;
        within.set(i, j, within.get(i, j) + (i === j ? 1 : 0) - shares[c]![j]!);
      });
    });
  });
  // Folds that no candidate connects have no common scale.
  const inverse = others.length === 0 ? Matrix.zeros(0, 0) : inverted(within);
  if (inverse === null) return null;
  const effects = others.length === 0 ? Matrix.zeros(0, 1) : inverse.mmul(right);
  const effectOf = new Map(others.map((fold, i) => [fold, effects.get(i, 0)]));
  const levels = scores.map((row, c) =>
    folds.reduce(
      (level, fold) => (row[fold] === null ? level : level - (effectOf.get(fold) ?? 0) / counts[c]!),
      means[c]!,
    ),
  );
  let squares = 0;
  scores.forEach((row, c) => {
    for (const fold of folds)
      if (row[fold] !== null) squares += (row[fold]! - levels[c]! - (effectOf.get(fold) ?? 0)) ** 2;
  });
  const variance = squares / freedom;
  const quantile = studentQuantile(1 - alpha, freedom);
  return scores.map((_, c): Contrast => {
    if (c === best) return { estimate: 0, std_err: 0, lower: 0, upper: 0 };
    const apart = others.map((_, i) => shares[c]![i]! - shares[best]![i]!);
    let spread = 1 / counts[c]! + 1 / counts[best]!;
    apart.forEach((a, i) => apart.forEach((b, j) => (spread += a * b * inverse.get(i, j))));
    const estimate = levels[c]! - levels[best]!;
    const std_err = Math.sqrt(variance * spread);
    return { estimate, std_err, lower: estimate - quantile * std_err, upper: estimate + quantile * std_err };
  });
}

/** The row with the best mean among those with most values, as finetune takes it. */
function bestRow(scores: readonly (readonly (number | null)[])[]): number {
  let best = { row: 0, count: 0, mean: -Infinity };
  scores.forEach((row, c) => {
    const defined = row.filter((score) => score !== null);
    const mean = defined.reduce((sum, score) => sum + score, 0) / defined.length;
    if (defined.length > best.count || (defined.length === best.count && mean > best.mean))
      best = { row: c, count: defined.length, mean };
  });
  return best.row;
}

function foldsWithValues(scores: readonly (readonly (number | null)[])[]): number[] {
  return Array.from({ length: scores[0]?.length ?? 0 }, (_, fold) => fold).filter((fold) =>
    scores.some((row) => row[fold] !== null),
  );
}

function inverted(matrix: Matrix): Matrix | null {
  try {
    return solve(matrix, Matrix.eye(matrix.rows));
  } catch {
    return null;
  }
}
