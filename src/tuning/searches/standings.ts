import type { TunedMetric } from "../../protocol/index.ts";
import type { SearchContext, TrialResult } from "../contract.ts";

/**
 * How the candidates of a search stand, by its first metric, in *scores*: estimates turned so that larger is always better. A metric
 * that is not defined on a fold is missing there, and is never a 0.
 */
export class Standings {
  private readonly metric: TunedMetric;
  private readonly results = new Map<string, Map<string, TrialResult>>();

  /** @throws Error for a search that has nothing to go by. */
  constructor({ metrics }: Pick<SearchContext, "metrics">) {
    const metric = metrics[0];
    if (metric === undefined) throw new Error("A search needs a metric to go by.");
    this.metric = metric;
  }

  /** Takes results in; a fold's newer result takes the place of an older one, as in successive halving. */
  add(results: readonly TrialResult[]): void {
    for (const result of results) {
      let folds = this.results.get(result.config);
      if (folds === undefined) this.results.set(result.config, (folds = new Map()));
      folds.set(result.fold, result);
    }
  }

  /** The score on a fold; null where it failed or the metric is not defined. */
  onFold(config: string, fold: string): number | null {
    const result = this.results.get(config)?.get(fold);
    const estimate = result === undefined ? null : estimateOf(result, this.metric.name);
    return estimate === null ? null : turned(estimate, this.metric);
  }

  /** The score of the mean over the folds; null without any value. */
  of(config: string): number | null {
    const estimates = [...(this.results.get(config)?.values() ?? [])]
      .map((result) => estimateOf(result, this.metric.name))
      .filter((estimate) => estimate !== null);
    if (estimates.length === 0) return null;
    return turned(estimates.reduce((sum, value) => sum + value, 0) / estimates.length, this.metric);
  }

  /** On how many folds it failed. */
  failures(config: string): number {
    const folds = [...(this.results.get(config)?.values() ?? [])];
    return folds.filter(({ status }) => status === "failed").length;
  }

  /** From best to worst; those without a value last; equal ones in the order given. */
  ranked(configs: readonly string[]): string[] {
    return configs
      .map((config, i) => ({ config, i, score: this.of(config) ?? -Infinity }))
      .sort((a, b) => (a.score === b.score ? a.i - b.i : a.score > b.score ? -1 : 1))
      .map(({ config }) => config);
  }
}

function estimateOf({ metrics }: TrialResult, name: string): number | null {
  // Of several outcomes the first, as everywhere (protocol/tuning-state.ts).
  return metrics.find((row) => row[".metric"] === name)?.[".estimate"] ?? null;
}

function turned(estimate: number, { direction }: TunedMetric): number {
  return direction === "maximize" ? estimate : direction === "minimize" ? -estimate : -Math.abs(estimate);
}
