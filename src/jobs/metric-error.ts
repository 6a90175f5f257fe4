import { MetricError } from "../metrics/index.ts";
import { UserError } from "../protocol/index.ts";

/** What people are told of a metric that there is not, or that does not go with the mode. */
export function asMetricError(error: unknown): unknown {
  return error instanceof MetricError ? new UserError("unknown-metric", error.message) : error;
}
