import type { KerasObjectDescription } from "./description.ts";
import { kerasClass, kerasObjects } from "./keras-object.ts";

/** A rule that weights are brought back to after each step: `constraints.maxNorm({ maxValue: 2 })`. */
export interface Constraint extends KerasObjectDescription {
  readonly kind: "constraint";
}

/** A constraint by name, with its default options. */
export type ConstraintName = "maxNorm" | "minMaxNorm" | "nonNeg" | "unitNorm";

export interface AxisOptions {
  /** Axis or axes that norms are computed along: 0 is the weights into one unit of a dense layer, [0, 1, 2] those of one filter of a `conv2d`. Default 0. */
  axis?: number | readonly number[];
}
export interface MaxNormOptions extends AxisOptions {
  /** Default 2. */
  maxValue?: number;
}
export interface MinMaxNormOptions extends AxisOptions {
  /** Default 0. */
  minValue?: number;
  /** Default 1. */
  maxValue?: number;
  /** How far a norm is moved towards the interval at each step: 1 is at once. Default 1. */
  rate?: number;
}

export interface Constraints {
  /** Norms no larger than `maxValue`. */
  maxNorm(options?: MaxNormOptions): Constraint;
  /** Norms between `minValue` and `maxValue`. */
  minMaxNorm(options?: MinMaxNormOptions): Constraint;
  /** No negative weights. */
  nonNeg(): Constraint;
  /** Norms of exactly 1. */
  unitNorm(options?: AxisOptions): Constraint;
}

/** Rules for weights. */
export const constraints: Constraints = kerasObjects<Constraints>("constraints", "constraint", {
  maxNorm: kerasClass<MaxNormOptions>("MaxNorm", { maxValue: "optional", axis: "optional" }),
  minMaxNorm: kerasClass<MinMaxNormOptions>("MinMaxNorm", {
    minValue: "optional",
    maxValue: "optional",
    rate: "optional",
    axis: "optional",
  }),
  nonNeg: kerasClass("NonNeg", {}),
  unitNorm: kerasClass<AxisOptions>("UnitNorm", { axis: "optional" }),
});
