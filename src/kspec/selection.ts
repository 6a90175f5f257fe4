import { readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import type { MetricName } from "./metric-set.ts";
import { SpecError } from "./spec-error.ts";
import { checkPart } from "./tuning.ts";
import type { SelectionDescription, TuningDescription } from "./tuning-description.ts";

/** One candidate of a tuning. Which one it is, is known when the tuning is done. */
export interface SelectedCandidate extends SelectionDescription {
  readonly kind: "selection";
}

/** Orders candidates by a parameter, larger values first. */
export interface Descending {
  readonly kind: "descending";
  readonly parameter: string;
}

/** A parameter by which candidates are ordered from the simplest on: smaller values first, or `desc("id")`. */
export type Order = string | Descending;

/** A metric by yardstick's name, or by the one that `metric_tweak` gave it. */
export type MeasuredName = MetricName | (string & {});

export interface SelectOptions {
  /** Default: the tuning's first one. */
  metric?: MeasuredName;
}
export interface SelectByPctLossOptions extends SelectOptions {
  /** Loss of the metric that is acceptable, in percent. Default 2. */
  limit?: number;
}

const select: KnownOptions<SelectOptions> = { metric: "optional" };
const selectByPctLoss: KnownOptions<SelectByPctLossOptions> = { ...select, limit: "optional" };

/**
 * The best candidate by a metric (tune's `select_best`).
 *
 * ```ts
 * export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
 * ```
 *
 * @param metric Default: the tuning's first one.
 */
export function select_best(
  results: TuningDescription,
  metric?: MeasuredName | SelectOptions,
): SelectedCandidate {
  checkTuning("select_best", results);
  const options = typeof metric === "string" ? { metric } : metric;
  return selection("best", results, readOptions("select_best", select, options), []);
}

/**
 * The simplest candidate that is within one standard error of the best one (tune's `select_by_one_std_err`; Breiman).
 *
 * ```ts
 * select_by_one_std_err(results, "dense_units", desc("dropout_rate"), { metric: "accuracy" })
 * ```
 *
 * @param orders What simple means: smaller values of these parameters, the first one counting most.
 */
export function select_by_one_std_err(
  results: TuningDescription,
  ...orders: [...Order[], Order] | [...Order[], Order, SelectOptions]
): SelectedCandidate {
  const [order, options] = readOrders("select_by_one_std_err", results, orders);
  return selection("one_std_err", results, readOptions("select_by_one_std_err", select, options), order);
}

/**
 * The simplest candidate that is no more than some percent worse than the best one (tune's `select_by_pct_loss`).
 *
 * ```ts
 * select_by_pct_loss(results, "dense_units", { metric: "accuracy", limit: 2 })
 * ```
 *
 * @param orders What simple means: smaller values of these parameters, the first one counting most.
 */
export function select_by_pct_loss(
  results: TuningDescription,
  ...orders: [...Order[], Order] | [...Order[], Order, SelectByPctLossOptions]
): SelectedCandidate {
  const [order, options] = readOrders("select_by_pct_loss", results, orders);
  const given = readOptions("select_by_pct_loss", selectByPctLoss, options);
  const { limit } = given as SelectByPctLossOptions;
  if (limit !== undefined && !(Number.isFinite(limit) && limit > 0))
    throw new SpecError(
      "bad-option",
      `select_by_pct_loss(): limit must be a number of percent above 0, and it is ${named(limit)}.`,
    );
  return selection("pct_loss", results, given, order);
}

/** In an order of candidates: larger values of this parameter come first. */
export function desc(parameter: string): Descending {
  if (typeof parameter !== "string" || parameter === "")
    throw new SpecError("bad-order", `desc() takes the name of a parameter, and got ${named(parameter)}.`);
  return Object.freeze({ kind: "descending", parameter });
}

type OrderDescription = NonNullable<SelectionDescription["order"]>;

function readOrders(where: string, results: unknown, given: readonly unknown[]): [OrderDescription, unknown] {
  checkTuning(where, results);
  const isOrder = (one: unknown): one is Order =>
    (typeof one === "string" && one !== "") || (one as { kind?: unknown } | null)?.kind === "descending";
  const last = given.at(-1);
  const hasOptions = given.length > 0 && !isOrder(last) && typeof last === "object";
  const orders = hasOptions ? given.slice(0, -1) : given;
  const wrong = orders.find((one) => !isOrder(one));
  if (orders.length === 0 || wrong !== undefined)
    throw new SpecError(
      "bad-order",
      `${where}() takes the parameters by which candidates are ordered from the simplest on, ${where}(results, "dense_units"), and ${orders.length === 0 ? "got none" : `got ${named(wrong)}`}.`,
    );
  const order = (orders as readonly Order[]).map((one) =>
    Object.freeze(
      typeof one === "string"
        ? { parameter: one, descending: false }
        : { parameter: one.parameter, descending: true },
    ),
  );
  return [Object.freeze(order), hasOptions ? last : undefined];
}

function selection(
  by: SelectionDescription["by"],
  results: TuningDescription,
  { metric, limit }: SelectByPctLossOptions,
  order: OrderDescription,
): SelectedCandidate {
  if (metric !== undefined && (typeof metric !== "string" || metric === ""))
    throw new SpecError(
      "unknown-metric",
      `A metric is chosen by its name, "accuracy", and this is ${named(metric)}.`,
    );
  return Object.freeze({
    kind: "selection",
    by,
    results,
    ...(metric === undefined ? {} : { metric }),
    ...(limit === undefined ? {} : { limit }),
    ...(order.length === 0 ? {} : { order }),
  });
}

/** @throws SpecError for anything but a tuning. */
export function checkTuning(where: string, results: unknown): void {
  checkPart(
    where,
    "its first argument",
    results,
    "tuning",
    "tune_grid(wf, { resamples: vfold_cv({ v: 5 }) })",
  );
}
