import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import type { ObjectiveDescription } from "../../kspec/tuning-description.ts";

/**
 * How worth trying a candidate is, by what a Gaussian process says of its score: larger is better.
 *
 * @param objective `exp_improve` (Jones, Schonlau and Welch 1998), `prob_improve`, or `conf_bound`, the upper bound of the score.
 * @param best The best score so far; like the mean and the trade-off in units of the metric.
 */
export function acquisition(
  objective: ObjectiveDescription,
  { mean, sd }: { readonly mean: number; readonly sd: number },
  best: number,
): number {
  if (objective.name === "conf_bound") return mean + (objective.kappa ?? 0.1) * sd;
  const gain = mean - best - (objective.trade_off ?? 0);
  // Where nothing is uncertain there is nothing but the gain.
  if (sd < Number.EPSILON) return objective.name === "exp_improve" ? Math.max(0, gain) : Number(gain > 0);
  const z = gain / sd;
  const chance = normalCdf(z, 0, 1);
  return objective.name === "prob_improve"
    ? chance
    : gain * chance + (sd * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}
