import type { TensorFlow, Tensor } from "./index.ts";

/**
 * Images `[n, height, width, channels]` in another size, with half-pixel centres as TensorFlow and Keras have them. Its
 * gradient is exact: resizing is linear, two matrices applied to rows and columns. (TensorFlow.js's own gradient takes
 * other pixels than its forward pass.)
 */
export function resize(tf: TensorFlow, images: Tensor, size: [number, number], nearest: boolean): Tensor {
  const [, height, width] = images.shape as [number, number, number, number];
  const op = tf.customGrad((x) => {
    const four = x as Parameters<typeof tf.image.resizeBilinear>[0];
    return {
      value: nearest
        ? tf.image.resizeNearestNeighbor(four, size, false, true)
        : tf.image.resizeBilinear(four, size, false, true),
      gradFunc: (dy: Tensor) => {
        const rows = tf.tensor2d(weights(height, size[0], nearest), [size[0], height]);
        const columns = tf.tensor2d(weights(width, size[1], nearest), [size[1], width]);
        return along(tf, along(tf, dy, 1, rows), 2, columns);
      },
    };
  });
  return op(images);
}

/** The transpose of `matrix` applied to one axis of rank-4 images. */
function along(tf: TensorFlow, images: Tensor, axis: 1 | 2, matrix: Tensor): Tensor {
  const [n, height, width, channels] = images.shape as [number, number, number, number];
  const target = matrix.shape[1]!;
  const outer = axis === 1 ? n : n * height;
  const inner = axis === 1 ? width * channels : channels;
  const rows = tf.reshape(tf.transpose(tf.reshape(images, [outer, matrix.shape[0]!, inner]), [0, 2, 1]), [
    outer * inner,
    matrix.shape[0]!,
  ]);
  const back = tf.transpose(tf.reshape(tf.matMul(rows, matrix as never), [outer, inner, target]), [0, 2, 1]);
  return tf.reshape(back, axis === 1 ? [n, target, width, channels] : [n, height, target, channels]);
}

/** What each output pixel takes of each input pixel, row by row. */
function weights(from: number, to: number, nearest: boolean): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const at = ((i + 0.5) * from) / to;
    if (nearest) {
      matrix[i * from + Math.min(from - 1, Math.floor(at))] = 1;
      continue;
    }
    const before = Math.floor(at - 0.5);
    const share = at - 0.5 - before;
    matrix[i * from + Math.max(0, before)]! += 1 - share;
    matrix[i * from + Math.min(from - 1, before + 1)]! += share;
  }
  return matrix;
}
