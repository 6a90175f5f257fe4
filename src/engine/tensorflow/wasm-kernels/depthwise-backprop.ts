import type { TensorFlow } from "../index.ts";
import { fit, geometryOf, padded, seen, type Axis } from "./geometry.ts";
import type { Any, Composition } from "./index.ts";

type FilterShape = [height: number, width: number, channels: number, multiplier: number];

/** The gradient of a depthwise convolution in its filter, `[height, width, channels, multiplier]`. */
export const depthwiseBackpropFilter: Composition = (tf, { x, dy }, attributes) => {
  const filterShape = attributes["filterShape"] as FilterShape;
  const [height, width, channels, multiplier] = filterShape;
  const geometry = geometryOf(tf, x.shape, filterShape, attributes, true);
  const images = padded(tf, x, geometry);
  const places = (x.shape[0] as number) * geometry.rows.output * geometry.columns.output;
  const gradients = byMultiplier(tf, dy, channels, multiplier).map((part) =>
    tf.reshape(part, [places, channels]),
  );

  const rows: Any[] = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (const gradient of gradients) {
        const pixels = tf.reshape(seen(tf, images, geometry, row, column), [places, channels]);
        rows.push(tf.sum(tf.mul(pixels, gradient), 0));
      }
  return tf.transpose(tf.reshape(tf.stack(rows), [height, width, multiplier, channels]), [0, 1, 3, 2]);
};

/**
 * The gradient of a depthwise convolution in its input: the output's gradient, spread out by the strides,
 * convolved with the filter turned by 180 degrees.
 */
export const depthwiseBackpropInput: Composition = (tf, { dy, filter }, attributes) => {
  const inputShape = attributes["inputShape"] as [number, number, number, number];
  const [, , channels, multiplier] = filter.shape as FilterShape;
  const { rows, columns } = geometryOf(tf, inputShape, filter.shape, attributes, true);
  const turned = tf.reverse(filter, [0, 1]);

  const parts = byMultiplier(tf, dy, channels, multiplier).map((part, i) => {
    const spread = spreadOut(tf, spreadOut(tf, part, 1, rows), 2, columns);
    const weights = tf.slice(turned, [0, 0, 0, i], [-1, -1, -1, 1]);
    return tf.depthwiseConv2d(spread, weights, 1, "valid", "NHWC", [rows.dilation, columns.dilation]);
  });
  return parts.length === 1 ? parts[0] : tf.addN(parts);
};

/** Output channel `c × multiplier + m` belongs to input channel c: one tensor for each m. */
function byMultiplier(tf: TensorFlow, dy: Any, channels: number, multiplier: number): Any[] {
  if (multiplier === 1) return [dy];
  const [batch, height, width] = dy.shape as [number, number, number];
  // As rank 4 with the multiplier last: the backend slices and transposes up to rank 4.
  const split = tf.reshape(dy, [batch * height * width, channels, multiplier]);
  return Array.from({ length: multiplier }, (_, m) =>
    tf.reshape(tf.slice(split, [0, 0, m], [-1, -1, 1]), [batch, height, width, channels]),
  );
}

/** Zeros between neighbours by the stride, then padded so that a "valid" convolution gives the input's size. */
function spreadOut(tf: TensorFlow, x: Any, axis: 1 | 2, span: Axis): Any {
  const shape: number[] = x.shape;
  let spread = x;
  if (span.stride > 1) {
    const outer = shape.slice(0, axis + 1).reduce((a, b) => a * b, 1);
    const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const zeros = tf.zeros([outer, span.stride - 1, inner]);
    spread = tf.reshape(
      tf.concat([tf.reshape(x, [outer, 1, inner]), zeros], 1),
      shape.map((extent, i) => (i === axis ? extent * span.stride : extent)),
    );
  }
  const reach = (span.filter - 1) * span.dilation;
  return fit(tf, spread, axis, reach - span.before, span.input + reach);
}
