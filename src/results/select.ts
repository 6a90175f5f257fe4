import { UserError, type CandidateState, type ParameterValue } from "../protocol/index.ts";
import {
  selectBest,
  selectByOneStdErr,
  selectByPctLoss,
  type SelectionOrder,
} from "../tuning/results/index.ts";
import { tuningOf, type RunResults } from "./read-run.ts";

/** A candidate: a column for each parameter, and its name. */
export interface SelectedRow {
  readonly [parameter: string]: ParameterValue;
  readonly ".config": string;
}

/** A parameter by which candidates are ordered from the simplest on: smaller values first, or `desc("id")`. */
export type Order = string | { readonly kind: "descending"; readonly parameter: string };

export interface SelectOptions {
  /** Default: the tuning's first one. */
  readonly metric?: string;
  /** Of `select_by_pct_loss`: the loss that is acceptable, in percent. Default 2. */
  readonly limit?: number;
}

/** In an order of candidates: larger values of this parameter come first. */
export function desc(parameter: string): Order {
  return { kind: "descending", parameter };
}

/**
 * The best candidate of a tuning (tune's `select_best`).
 *
 * @throws UserError for a fit, a metric that was not computed, or where no candidate has a value of it.
 */
export function select_best(run: RunResults, metric?: string | SelectOptions): SelectedRow {
  return rowOf(
    selectBest(tuningOf(run, "select_best"), typeof metric === "string" ? metric : metric?.metric),
  );
}

/**
 * The simplest candidate within one standard error of the best one (tune's `select_by_one_std_err`).
 *
 * ```ts
 * select_by_one_std_err(results, "dense_units", desc("dropout"), { metric: "accuracy" })
 * ```
 *
 * @throws UserError as `select_best` does, for parameters that there are not, and with a single fold.
 */
export function select_by_one_std_err(
  run: RunResults,
  ...orders: readonly (Order | SelectOptions)[]
): SelectedRow {
  const { order, metric } = readOrders(orders);
  return rowOf(selectByOneStdErr(tuningOf(run, "select_by_one_std_err"), order, metric));
}

/**
 * The simplest candidate that is less than `limit` percent worse than the best one (tune's `select_by_pct_loss`).
 *
 * @throws UserError as `select_best` does, and for parameters that there are not.
 */
export function select_by_pct_loss(
  run: RunResults,
  ...orders: readonly (Order | SelectOptions)[]
): SelectedRow {
  const { order, ...options } = readOrders(orders);
  return rowOf(selectByPctLoss(tuningOf(run, "select_by_pct_loss"), order, options));
}

function readOrders(
  given: readonly (Order | SelectOptions)[],
): SelectOptions & { readonly order: SelectionOrder } {
  const last = given.at(-1);
  const options = last === undefined || isOrder(last) ? {} : last;
  const orders = options === last ? given.slice(0, -1) : given;
  return {
    ...options,
    order: orders.map((one) => {
      if (typeof one === "string") return { parameter: one, descending: false };
      if (isOrder(one)) return { parameter: one.parameter, descending: true };
      throw new UserError(
        "bad-order",
        'Candidates are ordered by names of parameters, "dense_units" or desc("dense_units"); options come last.',
      );
    }),
  };
}

function isOrder(one: Order | SelectOptions): one is Order {
  return typeof one === "string" || ("kind" in one && one.kind === "descending");
}

function rowOf({ config, values }: CandidateState): SelectedRow {
  return { ...values, ".config": config };
}
