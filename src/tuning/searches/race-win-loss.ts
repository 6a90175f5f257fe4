import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { fitBradleyTerry } from "./bradley-terry.ts";
import { raceBy, type RaceTest } from "./race.ts";

/**
 * finetune's `tune_race_win_loss` (Kuhn 2014): every two candidates play on every fold; who has the better score wins, equal ones have
 * half a win each. A candidate is given up that has never won, or whose ability in a Bradley–Terry model is below the ability of the
 * one with most wins: the upper bound of the difference, with the quantile of Student's t with one degree of freedom that finetune
 * takes, is below 0.
 *
 * Unlike in finetune, a candidate with the same score on all folds is judged like any other: it may be the best.
 */
export const raceWinLoss = raceBy((scores, alpha) => clearlyBeaten(scores, alpha));

/** Every pair is a row of the model, so a larger field plays in groups, each with the candidate that has most wins. */
const GROUP = 60;
/** finetune's bound: an ability with a larger standard error is not known at all. */
const UNKNOWN = 500;

const clearlyBeaten: RaceTest = (scores, alpha) => {
  const everyone = scores.map((_, row) => row);
  const all = totalWins(scores);
  const best = all.reduce((top, wins, row) => (wins > all[top]! ? row : top), 0);
  const never = everyone.filter((row) => row !== best && all[row] === 0);
  const players = everyone.filter((row) => row !== best && all[row]! > 0);
  const quantile = studentQuantile(1 - alpha, 1);
  const beaten = [...never];
  for (let from = 0; from < players.length; from += GROUP) {
    const group = [best, ...players.slice(from, from + GROUP)];
    const abilities = fitBradleyTerry(winsBetween(scores, group), 0);
    group.forEach((row, i) => {
      const { ability, std_err } = abilities[i]!;
      if (i > 0 && (ability + quantile * std_err < 0 || std_err >= UNKNOWN)) beaten.push(row);
    });
  }
  return beaten;
};

/** `wins[i][j]`: how often `rows[i]` did better than `rows[j]` on folds where both have a score. */
export function winsBetween(
  scores: readonly (readonly (number | null)[])[],
  rows: readonly number[],
): number[][] {
  return rows.map((own) => rows.map((other) => (own === other ? 0 : winsOver(scores[own]!, scores[other]!))));
}

function winsOver(own: readonly (number | null)[], other: readonly (number | null)[]): number {
  let wins = 0;
  own.forEach((score, fold) => {
    const against = other[fold] ?? null;
    if (score !== null && against !== null) wins += score > against ? 1 : score === against ? 0.5 : 0;
  });
  return wins;
}

/** Everybody's wins over all others; by order on each fold, since a large grid has very many pairs. */
function totalWins(scores: readonly (readonly (number | null)[])[]): number[] {
  const wins = scores.map(() => 0);
  const folds = scores[0]?.length ?? 0;
  for (let fold = 0; fold < folds; fold++) {
    const order: { player: number; score: number }[] = [];
    scores.forEach((row, player) => {
      const score = row[fold];
      if (score != null) order.push({ player, score });
    });
    order.sort((a, b) => a.score - b.score);
    for (let from = 0, to = 0; from < order.length; from = to) {
      while (to < order.length && order[to]!.score === order[from]!.score) to++;
      for (const { player } of order.slice(from, to)) wins[player]! += from + (to - from - 1) / 2;
    }
  }
  return wins;
}
