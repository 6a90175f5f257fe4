import { kerasObject } from "./keras-object.ts";
import type { TensorMath } from "./tensor-math.ts";

type Options = Readonly<Record<string, unknown>>;
type Penalty = <T>(
  math: TensorMath<T>,
  weight: T,
  options: Options,
  order: readonly number[],
) => T | undefined;

/** Regularizers of Keras by class name. */
const PENALTIES: Readonly<Record<string, Penalty>> = {
  L1: (math, weight, options) => sizes(math, weight, factor(options, "l1", 0.01), 0),
  L2: (math, weight, options) => sizes(math, weight, 0, factor(options, "l2", 0.01)),
  L1L2: (math, weight, options) => sizes(math, weight, factor(options, "l1", 0), factor(options, "l2", 0)),
  OrthogonalRegularizer: orthogonal,
};

/**
 * What a regularizer adds to the loss for a weight, or for what a layer gives: a scalar (`keras.regularizers`).
 *
 * @param regularizer As a layer's configuration has it.
 * @param order Keras's axes in the order in which the weight has them. Default: Keras's.
 * @returns undefined where there is no regularizer, or one whose factors are 0.
 * @throws UnknownPenalty
 */
export function penaltyOf<T>(
  math: TensorMath<T>,
  regularizer: unknown,
  weight: T,
  order: readonly number[] = math.shape(weight).map((_, axis) => axis),
): T | undefined {
  const described = kerasObject(regularizer, Object.keys(PENALTIES));
  if (described === undefined) return undefined;
  const penalty = PENALTIES[described.class_name];
  if (penalty === undefined) throw new UnknownPenalty(described.class_name);
  return penalty(math, weight, described.config, order);
}

/**
 * What the regularizer of a layer's output adds to the loss: Keras divides it by the number of rows.
 *
 * @param output Rows first.
 */
export function activityPenalty<T>(math: TensorMath<T>, regularizer: unknown, output: T): T | undefined {
  const penalty = penaltyOf(math, regularizer, output);
  return penalty === undefined ? undefined : math.div(penalty, math.rows(output));
}

/** A regularizer of a class that nobody knows. */
export class UnknownPenalty extends Error {
  constructor(class_name: string) {
    super(`KSpec has no regularizer ${class_name}. There are: ${Object.keys(PENALTIES).join(", ")}.`);
  }
}

function sizes<T>(math: TensorMath<T>, weight: T, l1: number, l2: number): T | undefined {
  const parts = [
    ...(l1 === 0 ? [] : [math.mul(math.sum(math.abs(weight)), l1)]),
    ...(l2 === 0 ? [] : [math.mul(math.sum(math.square(weight)), l2)]),
  ];
  return parts.length === 0 ? undefined : parts.reduce((sum, one) => math.add(sum, one));
}

/** How far rows, or columns, of a matrix are from being perpendicular: the mean of the cosines between any two. */
function orthogonal<T>(math: TensorMath<T>, weight: T, options: Options, order: readonly number[]): T {
  if (order.length !== 2)
    throw new Error(`OrthogonalRegularizer takes matrices, and this has ${order.length} axes.`);
  const ofRows = options["mode"] !== "columns";
  // In memory the matrix may lie turned.
  const along = ofRows === (order[0] === 0) ? 1 : 0;
  const squares = math.sum(math.square(weight), [along], true);
  const unit = math.div(weight, math.sqrt(math.max(squares, TINY)));
  const cosines = along === 1 ? math.matMul(unit, unit, false, true) : math.matMul(unit, unit, true, false);
  const several = math.shape(weight)[1 - along]!;
  // The diagonal is the squares of what was brought to length 1.
  const off = math.sub(math.sum(math.abs(cosines)), math.sum(math.square(unit)));
  return math.mul(off, (0.5 * factor(options, "factor", 0.01)) / ((several * (several - 1)) / 2));
}

/** What Keras keeps squares of norms from zero by when it divides by norms. */
const TINY = 1e-14;

function factor(options: Options, name: string, fallback: number): number {
  const value = options[name];
  return typeof value === "number" ? value : fallback;
}
