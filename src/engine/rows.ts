import { tf, type Tensor } from "./tensorflow/index.ts";

/** One array a row: an input, features, or the truth of an output. */
export interface Rows {
  /** Of one row. */
  readonly shape: readonly number[];
  /** rows × product(shape). */
  readonly values: Float32Array;
}

/** These rows, in this order, as a tensor `[rows.length, …shape]`. */
export function gather(rows: Rows, indices: Int32Array): Tensor {
  return tf.tensor(gatherValues(rows, indices), [indices.length, ...rows.shape]);
}

export function gatherValues(rows: Rows, indices: Int32Array): Float32Array {
  const size = sizeOf(rows.shape);
  const values = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++)
    values.set(rows.values.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
  return values;
}

/** Rows `from` up to, not with, `to`. */
export function slice(rows: Rows, from: number, to: number): Rows {
  const size = sizeOf(rows.shape);
  return { shape: rows.shape, values: rows.values.subarray(from * size, to * size) };
}

/** Rows `from` up to `to` as a tensor. */
export function sliceTensor(rows: Rows, from: number, to: number): Tensor {
  const part = slice(rows, from, to);
  return tf.tensor(part.values.slice(), [to - from, ...rows.shape]);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Lets messages through: a cancel, a heartbeat. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
