import { kerasObject } from "./keras-object.ts";
import type { TensorMath } from "./tensor-math.ts";

type Options = Readonly<Record<string, unknown>>;
type Constraint = <T>(
  math: TensorMath<T>,
  weight: T,
  options: Options,
  axisOf: (kerasAxis: number) => number,
) => T;

/** Constraints of Keras by class name. */
const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  NonNeg: (math, weight) => math.max(weight, 0),

  MaxNorm: (math, weight, options, axisOf) => {
    const norms = normsOf(math, weight, options, axisOf);
    const wanted = math.min(norms, number(options, "max_value", 2));
    return math.mul(weight, math.div(wanted, math.add(norms, EPSILON)));
  },

  UnitNorm: (math, weight, options, axisOf) =>
    math.div(weight, math.add(normsOf(math, weight, options, axisOf), EPSILON)),

  MinMaxNorm: (math, weight, options, axisOf) => {
    const norms = normsOf(math, weight, options, axisOf);
    const rate = number(options, "rate", 1);
    const within = math.max(
      math.min(norms, number(options, "max_value", 1)),
      number(options, "min_value", 0),
    );
    const wanted = rate === 1 ? within : math.add(math.mul(within, rate), math.mul(norms, 1 - rate));
    return math.mul(weight, math.div(wanted, math.add(norms, EPSILON)));
  },
};

/** `keras.config.epsilon()` */
const EPSILON = 1e-7;

/**
 * A weight brought back to what a layer's configuration asks of it, as Keras does after each step (`keras.constraints`).
 *
 * @param constraint As the configuration has it.
 * @param axisOf Where one of Keras's axes lies in the weight. Default: where Keras has it.
 * @returns undefined where there is no constraint.
 * @throws UnknownConstraint
 */
export function constrained<T>(
  math: TensorMath<T>,
  constraint: unknown,
  weight: T,
  axisOf: (kerasAxis: number) => number = (axis) => axis,
): T | undefined {
  const described = kerasObject(constraint, Object.keys(CONSTRAINTS));
  if (described === undefined) return undefined;
  const bring = CONSTRAINTS[described.class_name];
  if (bring === undefined) throw new UnknownConstraint(described.class_name);
  return bring(math, weight, described.config, axisOf);
}

/** A constraint of a class that nobody knows. */
export class UnknownConstraint extends Error {
  constructor(class_name: string) {
    super(`KSpec has no constraint ${class_name}. There are: ${Object.keys(CONSTRAINTS).join(", ")}.`);
  }
}

/** Along an axis, or along several as for the filters of a convolution; they stay, with one entry. */
function normsOf<T>(
  math: TensorMath<T>,
  weight: T,
  options: Options,
  axisOf: (kerasAxis: number) => number,
): T {
  const rank = math.shape(weight).length;
  const axes = [options["axis"] ?? 0].flat().map((axis) => {
    const number = axis as number;
    return axisOf(number < 0 ? number + rank : number);
  });
  return math.sqrt(math.sum(math.square(weight), axes, true));
}

function number(options: Options, name: string, fallback: number): number {
  const value = options[name];
  return typeof value === "number" ? value : fallback;
}
