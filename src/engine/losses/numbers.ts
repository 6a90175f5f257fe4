import type { TensorMath } from "../tensor-math.ts";

/** Keras's fuzz factor. */
export const EPSILON = 1e-7;

/** x, or the nearer end where it lies outside. As in Keras, only what lies outside learns nothing. */
export function clipped<T>(math: TensorMath<T>, x: T, low: number, high: number): T {
  return math.min(math.max(x, low), high);
}

/** xⁿ with the cheapest operations that give it, and with gradients at 0 where n is 0 or 1. */
export function power<T>(math: TensorMath<T>, x: T, exponent: number): T | 1 {
  if (exponent === 0) return 1;
  if (exponent === 1) return x;
  return exponent === 2 ? math.square(x) : math.pow(x, exponent);
}

/** Vectors along the last axis at length 1, as Keras's `normalize`: shorter than 10⁻⁷ they stay short. */
export function unit<T>(math: TensorMath<T>, x: T): T {
  return math.div(x, math.sqrt(math.max(math.sum(math.square(x), [-1], true), 1e-14)));
}
