import { SpecError } from "./spec-error.ts";

/** Numbers, in lists as deep as the tensor has axes. */
export type Numbers = number | boolean | readonly Numbers[];
/** A tensor, or numbers that become one. */
export type TensorLike = NumericTensor | Numbers;
/** One axis or several; negative ones count from the last. */
export type Axes = number | readonly number[];
export type NumericType = "float32" | "int32" | "bool";

/** A tensor with values, as custom losses and metrics get it. Its methods are those of `ops`, and chain. */
export interface NumericTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly rank: number;
  readonly size: number;

  add(other: TensorLike): NumericTensor;
  sub(other: TensorLike): NumericTensor;
  mul(other: TensorLike): NumericTensor;
  div(other: TensorLike): NumericTensor;
  pow(exponent: TensorLike): NumericTensor;
  mod(other: TensorLike): NumericTensor;
  maximum(other: TensorLike): NumericTensor;
  minimum(other: TensorLike): NumericTensor;
  squaredDifference(other: TensorLike): NumericTensor;

  abs(): NumericTensor;
  neg(): NumericTensor;
  square(): NumericTensor;
  sqrt(): NumericTensor;
  rsqrt(): NumericTensor;
  reciprocal(): NumericTensor;
  exp(): NumericTensor;
  expm1(): NumericTensor;
  log(): NumericTensor;
  log1p(): NumericTensor;
  sign(): NumericTensor;
  round(): NumericTensor;
  floor(): NumericTensor;
  ceil(): NumericTensor;
  sin(): NumericTensor;
  cos(): NumericTensor;
  tanh(): NumericTensor;
  sigmoid(): NumericTensor;
  softplus(): NumericTensor;
  relu(): NumericTensor;
  clipByValue(min: number, max: number): NumericTensor;
  softmax(axis?: number): NumericTensor;
  logSoftmax(axis?: number): NumericTensor;

  sum(axis?: Axes, keepDims?: boolean): NumericTensor;
  mean(axis?: Axes, keepDims?: boolean): NumericTensor;
  max(axis?: Axes, keepDims?: boolean): NumericTensor;
  min(axis?: Axes, keepDims?: boolean): NumericTensor;
  prod(axis?: Axes, keepDims?: boolean): NumericTensor;
  any(axis?: Axes, keepDims?: boolean): NumericTensor;
  all(axis?: Axes, keepDims?: boolean): NumericTensor;
  logSumExp(axis?: Axes, keepDims?: boolean): NumericTensor;
  argMax(axis?: number): NumericTensor;
  argMin(axis?: number): NumericTensor;

  equal(other: TensorLike): NumericTensor;
  notEqual(other: TensorLike): NumericTensor;
  greater(other: TensorLike): NumericTensor;
  greaterEqual(other: TensorLike): NumericTensor;
  less(other: TensorLike): NumericTensor;
  lessEqual(other: TensorLike): NumericTensor;
  logicalAnd(other: TensorLike): NumericTensor;
  logicalOr(other: TensorLike): NumericTensor;
  logicalNot(): NumericTensor;

  matMul(other: TensorLike, transposeA?: boolean, transposeB?: boolean): NumericTensor;
  dot(other: TensorLike): NumericTensor;
  reshape(shape: readonly number[]): NumericTensor;
  flatten(): NumericTensor;
  transpose(axes?: readonly number[]): NumericTensor;
  expandDims(axis?: number): NumericTensor;
  squeeze(axes?: readonly number[]): NumericTensor;
  slice(begin: Axes, size?: Axes): NumericTensor;
  gather(indices: TensorLike, axis?: number): NumericTensor;
  tile(repetitions: readonly number[]): NumericTensor;
  cast(type: NumericType): NumericTensor;
  toFloat(): NumericTensor;
}

/** TensorFlow.js's operations. Tensors of different shapes are broadcast as in NumPy. */
export interface Ops {
  /** A tensor of these numbers. */
  tensor(values: Numbers, shape?: readonly number[], type?: NumericType): NumericTensor;
  /** A tensor of one number, without axes. */
  scalar(value: number | boolean, type?: NumericType): NumericTensor;
  zeros(shape: readonly number[], type?: NumericType): NumericTensor;
  ones(shape: readonly number[], type?: NumericType): NumericTensor;
  zerosLike(tensor: TensorLike): NumericTensor;
  onesLike(tensor: TensorLike): NumericTensor;
  fill(shape: readonly number[], value: number, type?: NumericType): NumericTensor;
  /** The identity matrix. */
  eye(rows: number, columns?: number): NumericTensor;
  /** start, start + step, … below stop. */
  range(start: number, stop: number, step?: number, type?: NumericType): NumericTensor;
  /** `count` values from start to stop, both included. */
  linspace(start: number, stop: number, count: number): NumericTensor;

  add(a: TensorLike, b: TensorLike): NumericTensor;
  /** Sum of a list of tensors of one shape. */
  addN(tensors: readonly TensorLike[]): NumericTensor;
  /** a − b. */
  sub(a: TensorLike, b: TensorLike): NumericTensor;
  /** Product, value by value. */
  mul(a: TensorLike, b: TensorLike): NumericTensor;
  /** a / b. */
  div(a: TensorLike, b: TensorLike): NumericTensor;
  /** a / b, and 0 where b is 0. */
  divNoNan(a: TensorLike, b: TensorLike): NumericTensor;
  /** a / b rounded down. */
  floorDiv(a: TensorLike, b: TensorLike): NumericTensor;
  mod(a: TensorLike, b: TensorLike): NumericTensor;
  pow(base: TensorLike, exponent: TensorLike): NumericTensor;
  maximum(a: TensorLike, b: TensorLike): NumericTensor;
  minimum(a: TensorLike, b: TensorLike): NumericTensor;
  /** (a − b)². */
  squaredDifference(a: TensorLike, b: TensorLike): NumericTensor;

  abs(x: TensorLike): NumericTensor;
  neg(x: TensorLike): NumericTensor;
  square(x: TensorLike): NumericTensor;
  sqrt(x: TensorLike): NumericTensor;
  /** 1 / √x. */
  rsqrt(x: TensorLike): NumericTensor;
  /** 1 / x. */
  reciprocal(x: TensorLike): NumericTensor;
  exp(x: TensorLike): NumericTensor;
  /** eˣ − 1. */
  expm1(x: TensorLike): NumericTensor;
  /** Natural logarithm. */
  log(x: TensorLike): NumericTensor;
  /** log(1 + x). */
  log1p(x: TensorLike): NumericTensor;
  /** −1, 0 or 1. */
  sign(x: TensorLike): NumericTensor;
  round(x: TensorLike): NumericTensor;
  floor(x: TensorLike): NumericTensor;
  ceil(x: TensorLike): NumericTensor;
  sin(x: TensorLike): NumericTensor;
  cos(x: TensorLike): NumericTensor;
  tan(x: TensorLike): NumericTensor;
  tanh(x: TensorLike): NumericTensor;
  /** The error function. */
  erf(x: TensorLike): NumericTensor;
  /** Values cut to the interval. */
  clipByValue(x: TensorLike, min: number, max: number): NumericTensor;
  isNaN(x: TensorLike): NumericTensor;
  isFinite(x: TensorLike): NumericTensor;

  relu(x: TensorLike): NumericTensor;
  relu6(x: TensorLike): NumericTensor;
  elu(x: TensorLike): NumericTensor;
  selu(x: TensorLike): NumericTensor;
  leakyRelu(x: TensorLike, alpha?: number): NumericTensor;
  sigmoid(x: TensorLike): NumericTensor;
  /** log(sigmoid(x)). */
  logSigmoid(x: TensorLike): NumericTensor;
  /** log(1 + eˣ). */
  softplus(x: TensorLike): NumericTensor;
  softmax(x: TensorLike, axis?: number): NumericTensor;
  logSoftmax(x: TensorLike, axis?: number): NumericTensor;

  /** Sum along the axes. Default: of everything. */
  sum(x: TensorLike, axis?: Axes, keepDims?: boolean): NumericTensor;
  /** Mean along the axes. Default: of everything. */
  mean(x: TensorLike, axis?: Axes, keepDims?: boolean): NumericTensor;
  /** Largest value along the axes. Default: of everything. */
  max(x: TensorLike, axis?: Axes, keepDims?: boolean): NumericTensor;
  /** Smallest value along the axes. Default: of everything. */
  min(x: TensorLike, axis?: Axes, keepDims?: boolean): NumericTensor;
  prod(x: TensorLike, axis?: Axes, keepDims?: boolean): NumericTensor;
  any(x: TensorLike, axis?: Axes, keepDims?: boolean): NumericTensor;
  all(x: TensorLike, axis?: Axes, keepDims?: boolean): NumericTensor;
  /** log(Σ eˣ) along the axes. */
  logSumExp(x: TensorLike, axis?: Axes, keepDims?: boolean): NumericTensor;
  /** Where the largest value is. Default axis 0. */
  argMax(x: TensorLike, axis?: number): NumericTensor;
  /** Where the smallest value is. Default axis 0. */
  argMin(x: TensorLike, axis?: number): NumericTensor;
  /** Sums so far along the axis. */
  cumsum(x: TensorLike, axis?: number, exclusive?: boolean, reverse?: boolean): NumericTensor;
  /** Mean and variance along the axes. */
  moments(x: TensorLike, axis?: Axes, keepDims?: boolean): { mean: NumericTensor; variance: NumericTensor };
  /** Length of vectors or matrices. Default "euclidean". */
  norm(x: TensorLike, order?: number | "euclidean" | "fro", axis?: Axes, keepDims?: boolean): NumericTensor;

  equal(a: TensorLike, b: TensorLike): NumericTensor;
  notEqual(a: TensorLike, b: TensorLike): NumericTensor;
  greater(a: TensorLike, b: TensorLike): NumericTensor;
  greaterEqual(a: TensorLike, b: TensorLike): NumericTensor;
  less(a: TensorLike, b: TensorLike): NumericTensor;
  lessEqual(a: TensorLike, b: TensorLike): NumericTensor;
  logicalAnd(a: TensorLike, b: TensorLike): NumericTensor;
  logicalOr(a: TensorLike, b: TensorLike): NumericTensor;
  logicalNot(x: TensorLike): NumericTensor;
  /** Values of a where the condition is true, else of b. */
  where(condition: TensorLike, a: TensorLike, b: TensorLike): NumericTensor;

  /** Matrix product. */
  matMul(a: TensorLike, b: TensorLike, transposeA?: boolean, transposeB?: boolean): NumericTensor;
  dot(a: TensorLike, b: TensorLike): NumericTensor;
  reshape(x: TensorLike, shape: readonly number[]): NumericTensor;
  transpose(x: TensorLike, axes?: readonly number[]): NumericTensor;
  expandDims(x: TensorLike, axis?: number): NumericTensor;
  squeeze(x: TensorLike, axes?: readonly number[]): NumericTensor;
  concat(tensors: readonly TensorLike[], axis?: number): NumericTensor;
  stack(tensors: readonly TensorLike[], axis?: number): NumericTensor;
  unstack(x: TensorLike, axis?: number): NumericTensor[];
  split(x: TensorLike, parts: number | readonly number[], axis?: number): NumericTensor[];
  slice(x: TensorLike, begin: Axes, size?: Axes): NumericTensor;
  gather(x: TensorLike, indices: TensorLike, axis?: number): NumericTensor;
  tile(x: TensorLike, repetitions: readonly number[]): NumericTensor;
  pad(x: TensorLike, paddings: readonly (readonly [number, number])[], value?: number): NumericTensor;
  reverse(x: TensorLike, axis?: Axes): NumericTensor;
  oneHot(indices: TensorLike, depth: number, onValue?: number, offValue?: number): NumericTensor;
  cast(x: TensorLike, type: NumericType): NumericTensor;
}

let provided: Readonly<Record<string, unknown>> | undefined;

/** The engine gives TensorFlow.js here before it computes; `undefined` takes it away again. */
export function provideOps(tf: object | undefined): void {
  provided = tf as typeof provided;
}

/**
 * TensorFlow.js's operations, for losses and metrics of your own. They compute, so they work only inside
 * such a function, while a model is fitted or evaluated.
 */
export const ops: Ops = new Proxy({} as Ops, {
  // A function for every name, so that `const { mean, square } = ops` may stand at the top of a file.
  get: (_, name) => (typeof name === "string" ? operation(name) : undefined),
  set: () => false,
});

const operations = new Map<string, (...args: unknown[]) => unknown>();

function operation(name: string): (...args: unknown[]) => unknown {
  let call = operations.get(name);
  if (call === undefined) {
    call = (...args) => {
      if (provided === undefined)
        throw new SpecError(
          "ops-outside-computation",
          `ops.${name}() works only while a model is computed: call it inside a loss or metric function.`,
        );
      const found = provided[name];
      if (typeof found !== "function")
        throw new SpecError("unknown-op", `TensorFlow.js has no operation "${name}".`);
      return (found as (...args: unknown[]) => unknown).apply(provided, args);
    };
    operations.set(name, call);
  }
  return call;
}
