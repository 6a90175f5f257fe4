import type { Optimizer } from "../optimizer.ts";
import type { Options } from "./options.ts";

/**
 * What makes one optimizer another: how a weight is moved when the learning rate of the step is known, and
 * gradients are clipped and weights decayed already.
 */
export interface Rule extends Pick<Optimizer, "slots" | "constants" | "update"> {
  /**
   * The numbers of a step.
   *
   * @param step From 1.
   * @param rate The learning rate of the step, in single precision.
   */
  numbers(step: number, rate: number): Readonly<Record<string, number>>;
  /** The weight decay that Keras gives this optimizer when nothing is said. Default: none. */
  readonly weightDecay?: number;
}

/** @throws UserError for an option that has no such value. */
export type MakeRule = (options: Options) => Rule;

/** The rate itself is all that a step is told. */
export function rateAlone(_step: number, rate: number): Readonly<Record<string, number>> {
  return { rate };
}

/** 1 − β in single precision, where 1 − 0.999 is another number, by one part in 80,000. */
export function rest(beta: number): number {
  return Math.fround(1 - Math.fround(beta));
}

/** 1 − βᵗ, as Keras computes it: in single precision. */
export function restOfPower(beta: number, step: number): number {
  return Math.fround(1 - power(beta, step));
}

/** βᵗ in single precision. */
export function power(beta: number, step: number): number {
  return Math.fround(Math.fround(beta) ** step);
}
