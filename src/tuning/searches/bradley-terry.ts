import { inverse, Matrix } from "ml-matrix";

export interface Ability {
  /** Log odds of winning against the reference. */
  readonly ability: number;
  readonly std_err: number;
}

/**
 * Bradley and Terry's model of paired comparisons (1952): i wins against j with odds exp(ability i − ability j). Fitted as a logistic
 * regression with Firth's (1993) correction, by Fisher scoring, as `BradleyTerry2::BTm(…, br = TRUE)` does: with few folds somebody
 * always wins against somebody, and uncorrected estimates would be infinite.
 *
 * @param wins `wins[i][j]`: wins of i over j; halves for ties.
 * @param reference whose ability is 0.
 * @returns One for each player. Standard errors are those of the information at the estimates.
 */
export function fitBradleyTerry(wins: readonly (readonly number[])[], reference: number): Ability[] {
  const players = wins.length;
  const column = (player: number) => (player === reference ? -1 : player < reference ? player : player - 1);
  const games = wins.flatMap((row, one) =>
    row.flatMap((won, two) => {
      const played = won + (wins[two]![one] ?? 0);
      return two > one && played > 0 ? [{ one: column(one), two: column(two), won, played }] : [];
    }),
  );
  const size = players - 1;
  const ability = new Float64Array(size);
  const at = (i: number) => (i < 0 ? 0 : ability[i]!);
  let covariance = Matrix.zeros(size, size);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const chances = games.map(({ one, two }) => 1 / (1 + Math.exp(at(two) - at(one))));
    const information = Matrix.zeros(size, size);
    games.forEach(({ one, two, played }, i) => {
      const weight = played * chances[i]! * (1 - chances[i]!);
      if (one >= 0) information.set(one, one, information.get(one, one) + weight);
      if (two >= 0) information.set(two, two, information.get(two, two) + weight);
      if (one < 0 || two < 0) return;
      information.set(one, two, information.get(one, two) - weight);
      information.set(two, one, information.get(two, one) - weight);
    });
    covariance = inverse(information);
    const score = Matrix.zeros(size, 1);
    games.forEach(({ one, two, won, played }, i) => {
      const chance = chances[i]!;
      const between = (a: number, b: number) => (a < 0 || b < 0 ? 0 : covariance.get(a, b));
      const leverage =
        played * chance * (1 - chance) * (between(one, one) + between(two, two) - 2 * between(one, two));
      const surprise = won - played * chance + leverage * (0.5 - chance);
      if (one >= 0) score.set(one, 0, score.get(one, 0) + surprise);
      if (two >= 0) score.set(two, 0, score.get(two, 0) - surprise);
    });
    const step = covariance.mmul(score).to1DArray();
    const longest = Math.max(0, ...step.map(Math.abs));
    // Far from the solution the quadratic approximation can jump to where nothing is known any more.
    const share = Math.min(1, LONGEST_STEP / longest);
    step.forEach((by, i) => (ability[i] = ability[i]! + share * by));
    if (longest < PRECISION) break;
  }
  return wins.map((_, player) => {
    const i = column(player);
    return i < 0
      ? { ability: 0, std_err: 0 }
      : { ability: ability[i]!, std_err: Math.sqrt(covariance.get(i, i)) };
  });
}

const MOST_ITERATIONS = 200;
const LONGEST_STEP = 2;
const PRECISION = 1e-11;
