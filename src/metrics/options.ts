/** What `metric_tweak` may set; names, meanings and defaults are yardstick's. */
export interface MetricOptions {
  /** How several classes are treated. Default: the metric's own. */
  readonly estimator?: string;
  /** Which of two classes is the event: "first" (default) or "second". */
  readonly event_level?: "first" | "second";
  /** Whether rows with something missing are left out. Default true; with false the metric is not defined on them. */
  readonly na_rm?: boolean;
  /** f_meas: how many times as much recall counts as precision. Default 1. */
  readonly beta?: number;
  /** kap: how much worse a class far from the truth is than a near one. Default "none". */
  readonly weighting?: "none" | "linear" | "quadratic";
  /** ppv, npv: the share of events in the population. Default: their share in the rows. */
  readonly prevalence?: number;
  /** mn_log_loss: the sum instead of the mean. Default false. */
  readonly sum?: boolean;
  /** mase: how many rows back the naive forecast looks. Default 1. */
  readonly m?: number;
  /** mase: the mean absolute error of the naive forecast in the training rows. Default: that in the rows themselves. */
  readonly mae_train?: number;
  /** huber_loss: from which error on the loss grows linearly, in the outcome's units. Default 1. */
  readonly delta?: number;
  /** ccc: divides variances by n instead of n − 1. Default false. */
  readonly bias?: boolean;
}

export type OptionName = Exclude<keyof MetricOptions, "na_rm">;

const finite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** What an option's value must be, and how that is said. */
const RULES: Readonly<Record<keyof MetricOptions, readonly [(value: unknown) => boolean, string]>> = {
  estimator: [(value) => typeof value === "string", "the name of an estimator"],
  event_level: [(value) => value === "first" || value === "second", `"first" or "second"`],
  na_rm: [(value) => typeof value === "boolean", "true or false"],
  beta: [(value) => finite(value) && value >= 0, "a number from 0 on"],
  weighting: [
    (value) => value === "none" || value === "linear" || value === "quadratic",
    `"none", "linear" or "quadratic"`,
  ],
  prevalence: [(value) => finite(value) && value >= 0 && value <= 1, "a number from 0 to 1"],
  sum: [(value) => typeof value === "boolean", "true or false"],
  m: [(value) => Number.isInteger(value) && (value as number) > 0, "a whole number from 1 on"],
  mae_train: [(value) => finite(value) && value > 0, "a number above 0"],
  delta: [(value) => finite(value) && value >= 0, "a number from 0 on"],
  bias: [(value) => typeof value === "boolean", "true or false"],
};

/** What is wrong with an option of a metric, for people; undefined where nothing is. */
export function wrongOption(
  { name, options }: { readonly name: string; readonly options: readonly OptionName[] },
  option: string,
  value: unknown,
): string | undefined {
  const known: readonly string[] = [...options, "na_rm"];
  if (!known.includes(option))
    return `The metric ${name} has no option "${option}". It has: ${known.join(", ")}.`;
  const [holds, words] = RULES[option as keyof MetricOptions];
  return holds(value) ? undefined : `The option ${option} of ${name} must be ${words}.`;
}
