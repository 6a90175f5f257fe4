import type { TensorFlow } from "../index.ts";
import type { Any, Composition } from "./index.ts";

/**
 * The gradient of a 3-D convolution in its input: the output's gradient, spread out by the strides, convolved
 * with the filter turned around in all three directions. (The backend's own kernel 4.22 reads beyond its arrays.)
 */
export const conv3DBackpropInput: Composition = (tf, { dy, filter }, attributes) => {
  const inputShape = attributes["inputShape"] as [number, number, number, number, number];
  const filterShape = filter.shape as [number, number, number, number, number];
  const info = tf.backend_util.computeConv3DInfo(
    inputShape,
    filterShape,
    attributes["strides"] as number,
    1,
    attributes["pad"] as "valid",
  );
  let spread = along(tf, dy, 1, info.strideDepth, info.padInfo.front, filterShape[0], inputShape[1]);
  spread = along(tf, spread, 2, info.strideHeight, info.padInfo.top, filterShape[1], inputShape[2]);
  spread = along(tf, spread, 3, info.strideWidth, info.padInfo.left, filterShape[2], inputShape[3]);

  const [depth, height, width, channels, filters] = filterShape;
  // Reading the positions backwards turns all three axes at once.
  const positions = tf.reverse(tf.reshape(filter, [depth * height * width, channels, filters]), 0);
  const turned = tf.reshape(tf.transpose(positions, [0, 2, 1]), [depth, height, width, filters, channels]);
  return tf.conv3d(spread, turned as never, 1, "valid");
};

/** One axis: zeros between neighbours by the stride, and so many around that a "valid" convolution gives `size`. */
function along(
  tf: TensorFlow,
  x: Any,
  axis: number,
  stride: number,
  before: number,
  filter: number,
  size: number,
): Any {
  const shape = x.shape as number[];
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const length = shape[axis]!;
  let spread = tf.reshape(x, [outer, length, inner]);
  if (stride > 1) {
    const zeros = tf.zeros([outer * length, stride - 1, inner]);
    spread = tf.reshape(tf.concat([tf.reshape(x, [outer * length, 1, inner]), zeros], 1), [
      outer,
      length * stride,
      inner,
    ]);
  }
  const front = filter - 1 - before;
  const wanted = size + filter - 1;
  const kept = tf.slice(
    spread,
    [0, Math.max(0, -front), 0],
    [-1, Math.min(spread.shape[1]! - Math.max(0, -front), wanted - Math.max(0, front)), -1],
  );
  const lead = Math.max(0, front);
  const padded = tf.pad(kept, [
    [0, 0],
    [lead, wanted - lead - kept.shape[1]!],
    [0, 0],
  ]);
  return tf.reshape(padded, [...shape.slice(0, axis), wanted, ...shape.slice(axis + 1)]);
}
