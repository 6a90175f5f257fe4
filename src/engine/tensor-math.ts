/**
 * What losses, metrics, optimizers and penalties are written in, once for both engines: `T` is a tensor of TensorFlow.js,
 * which is computed at once, or the name of a value in an ONNX graph, which is written. Numbers stand for themselves.
 * Operations broadcast as NumPy's do; comparisons give 1 and 0 as float32.
 */
export interface TensorMath<T> {
  add(a: Operand<T>, b: Operand<T>): T;
  sub(a: Operand<T>, b: Operand<T>): T;
  mul(a: Operand<T>, b: Operand<T>): T;
  div(a: Operand<T>, b: Operand<T>): T;
  max(a: Operand<T>, b: Operand<T>): T;
  min(a: Operand<T>, b: Operand<T>): T;
  pow(a: Operand<T>, b: Operand<T>): T;
  greater(a: Operand<T>, b: Operand<T>): T;
  equal(a: Operand<T>, b: Operand<T>): T;
  /** `a` where the condition is 1, `b` where it is 0. */
  select(condition: T, a: Operand<T>, b: Operand<T>): T;

  neg(x: T): T;
  abs(x: T): T;
  /** −1, 0 or 1. */
  sign(x: T): T;
  square(x: T): T;
  sqrt(x: T): T;
  exp(x: T): T;
  log(x: T): T;
  /** max(x, 0) */
  relu(x: T): T;
  sigmoid(x: T): T;
  /** log(1 + eˣ) */
  softplus(x: T): T;
  tanh(x: T): T;
  /** Over the last axis. */
  softmax(x: T): T;
  logSoftmax(x: T): T;

  /** Of two matrices, each of which may be turned first. */
  matMul(a: T, b: T, transposeA?: boolean, transposeB?: boolean): T;

  /** Over these axes (negative ones count from the last), or over all. */
  sum(x: T, axes?: readonly number[], keepDims?: boolean): T;
  mean(x: T, axes?: readonly number[], keepDims?: boolean): T;
  largest(x: T, axes?: readonly number[], keepDims?: boolean): T;
  /** Index of the largest along the last axis, as numbers that `equal` compares; the first where there are several. */
  argMax(x: T): T;

  /** Extents; null where only a run tells: the number of rows. */
  shape(x: T): readonly (number | null)[];
  /** These numbers along one axis. */
  vector(values: readonly number[]): T;
  /** With these extents, of which one may be −1. */
  reshape(x: T, shape: readonly number[]): T;
  /** The number of entries along the first axis, as one number. */
  rows(x: T): T;
  /** What this activation was given when it gave `x`; undefined where another made it. */
  logitsOf(x: T, activation: "softmax" | "sigmoid"): T | undefined;
}

export type Operand<T> = T | number;
