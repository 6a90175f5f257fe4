import type { TensorFlow } from "../index.ts";
import type { Any } from "./index.ts";

/** One axis of a convolution: sizes, and how many zeros stand before the first and after the last pixel. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

export interface Geometry {
  readonly rows: Axis;
  readonly columns: Axis;
}

/** Reads a kernel's attributes as TensorFlow.js's own kernels do. */
export function geometryOf(
  tf: TensorFlow,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
  depthwise: boolean,
): Geometry {
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attributes["strides"] as number,
    (attributes["dilations"] as number | undefined) ?? 1,
    attributes["pad"] as "same",
    attributes["dimRoundingMode"] as "floor",
    depthwise,
    tf.backend_util.convertConv2DDataFormat("NHWC"),
  );
  return {
    rows: {
      input: info.inHeight,
      output: info.outHeight,
      filter: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      before: info.padInfo.top,
    },
    columns: {
      input: info.inWidth,
      output: info.outWidth,
      filter: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      before: info.padInfo.left,
    },
  };
}

/**
 * The images so padded or cut that every position of the filter is a plain slice: from `[n, h, w, c]`, or
 * any rank-4 tensor whose axes 1 and 2 the convolution runs over when `axis` is 1.
 */
export function padded(tf: TensorFlow, x: Any, { rows, columns }: Geometry, axis = 1): Any {
  const need = ({ output, stride, filter, dilation }: Axis) =>
    (output - 1) * stride + (filter - 1) * dilation + 1;
  let result = fit(tf, x, axis, rows.before, need(rows));
  result = fit(tf, result, axis + 1, columns.before, need(columns));
  return result;
}

/** Puts `before` zeros (a negative number cuts) in front of an axis, and zeros or a cut behind it, to get `size`. */
export function fit(tf: TensorFlow, x: Any, axis: number, before: number, size: number): Any {
  const shape: number[] = x.shape;
  let length = shape[axis]!;
  const begin = shape.map((_, i) => (i === axis ? Math.max(0, -before) : 0));
  length = Math.min(length - begin[axis]!, size - Math.max(0, before));
  const kept = tf.slice(
    x,
    begin,
    shape.map((extent, i) => (i === axis ? length : extent)),
  );
  const front = Math.max(0, before);
  const behind = size - front - length;
  if (front === 0 && behind === 0) return kept;
  return tf.pad(
    kept,
    shape.map((_, i) => (i === axis ? [front, behind] : [0, 0])),
  );
}

/** What the filter's element (row, column) sees of padded images, one value for each output. */
export function seen(
  tf: TensorFlow,
  x: Any,
  { rows, columns }: Geometry,
  row: number,
  column: number,
  axis = 1,
): Any {
  const begin = [0, 0, 0, 0];
  const strides = [1, 1, 1, 1];
  const size = [...(x.shape as number[])];
  for (const [i, span, at] of [
    [axis, rows, row],
    [axis + 1, columns, column],
  ] as const) {
    begin[i] = at * span.dilation;
    strides[i] = span.stride;
    size[i] = span.stride === 1 ? span.output : (span.output - 1) * span.stride + 1;
  }
  if (strides.every((stride) => stride === 1)) return tf.slice(x, begin, size);
  return tf.stridedSlice(
    x,
    begin,
    begin.map((from, i) => from + size[i]!),
    strides,
  );
}
