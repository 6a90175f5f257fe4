import type { KerasObjectDescription } from "./description.ts";
import { kerasClass, kerasObjects } from "./keras-object.ts";

/** A penalty on weights that is added to the loss: `regularizers.l2({ l2: 1e-4 })`. */
export interface Regularizer extends KerasObjectDescription {
  readonly kind: "regularizer";
}

export interface L1Options {
  /** Factor of the sum of absolute values. Default 0.01. */
  l1?: number;
}
export interface L2Options {
  /** Factor of the sum of squares. Default 0.01. */
  l2?: number;
}
export interface L1L2Options extends L1Options, L2Options {}

export interface OrthogonalRegularizerOptions {
  /** Default 0.01. */
  factor?: number;
  /** Which vectors of the matrix are to be perpendicular. Default "rows". */
  mode?: "rows" | "columns";
}

export interface Regularizers {
  /** Adds `l1` × the sum of absolute weights to the loss. */
  l1(options?: L1Options): Regularizer;
  /** Adds `l2` × the sum of squared weights to the loss (weight decay). */
  l2(options?: L2Options): Regularizer;
  /** Both penalties. */
  l1l2(options?: L1L2Options): Regularizer;
  /** Adds `factor` × the mean cosine between any two rows, or columns, of a matrix, which drives them to be perpendicular. */
  orthogonalRegularizer(options?: OrthogonalRegularizerOptions): Regularizer;
}

/** Penalties on weights. */
export const regularizers: Regularizers = kerasObjects<Regularizers>("regularizers", "regularizer", {
  l1: kerasClass<L1Options>("L1", { l1: "optional" }),
  l2: kerasClass<L2Options>("L2", { l2: "optional" }),
  l1l2: kerasClass<L1L2Options>("L1L2", { l1: "optional", l2: "optional" }),
  orthogonalRegularizer: kerasClass<OrthogonalRegularizerOptions>("OrthogonalRegularizer", {
    factor: "optional",
    mode: "optional",
  }),
});
