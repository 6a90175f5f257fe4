import { registered } from "../../kspec/registered.ts";
import { UserError } from "../../protocol/index.ts";
import { findLoss, isLossName, LOSS_NAMES } from "../losses/find-loss.ts";
import { computed, type CustomFunction } from "../losses/loss.ts";
import { accuracyMetrics } from "./accuracy.ts";
import { countMetrics } from "./counts.ts";
import { meanOf, type EpochMetric } from "./epoch-metric.ts";

/** Keras's metrics by name; beside them each loss is the metric of its mean. */
const METRICS: Readonly<Record<string, (name: string) => EpochMetric>> = {
  ...accuracyMetrics,
  ...countMetrics,
  root_mean_squared_error: (name) =>
    meanOf(name, (math, y, p) => math.mean(math.square(math.sub(p, y)), [-1]), { of: Math.sqrt }),
};

/**
 * The metric that a model's argument says: a name (registered ones first, then Keras's), or a function of
 * truth and estimate whose mean over rows is taken.
 *
 * @throws UserError for a name that nobody knows.
 */
export function findEpochMetric(argument: unknown): EpochMetric {
  if (typeof argument === "function")
    return customMetric(argument.name || "custom", argument as unknown as CustomFunction);
  if (typeof argument === "string") {
    const own = registered.metrics.get(argument);
    if (own !== undefined) return customMetric(argument, own as unknown as CustomFunction);
    if (Object.hasOwn(METRICS, argument)) return METRICS[argument]!(argument);
    if (isLossName(argument)) return meanOf(argument, findLoss(argument).perRow);
  }
  throw new UserError(
    "unknown-metric",
    `compile_metrics: ${JSON.stringify(argument) ?? String(argument)} is no metric of the epoch log. There are: ${[...Object.keys(METRICS), ...LOSS_NAMES].join(", ")}; others are given as a function of truth and estimate.`,
  );
}

function customMetric(name: string, custom: CustomFunction): EpochMetric {
  return meanOf(name, computed(custom), { custom });
}
