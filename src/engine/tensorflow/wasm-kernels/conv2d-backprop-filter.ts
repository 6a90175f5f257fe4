import { geometryOf, padded, seen } from "./geometry.ts";
import type { Any, Composition } from "./index.ts";

/** At most this many numbers are laid out at once; larger batches are taken in parts and summed. */
const LARGEST = 1 << 23;

/**
 * The gradient of a convolution in its filter: for each position of the filter, the pixels it saw times
 * the output's gradient, summed over images and places. Written as one matrix product, `[c × positions,
 * n × places] · [n × places, filters]`, which is the kernel that WebAssembly is fastest at.
 */
export const conv2DBackpropFilter: Composition = (tf, { x, dy }, attributes) => {
  const filterShape = attributes["filterShape"] as [number, number, number, number];
  const nchw = attributes["dataFormat"] === "NCHW";
  const images = nchw ? tf.transpose(x, [0, 2, 3, 1]) : x;
  const gradient = nchw ? tf.transpose(dy, [0, 2, 3, 1]) : dy;

  const [height, width, channels, filters] = filterShape;
  const geometry = geometryOf(tf, images.shape, filterShape, attributes, false);
  const places = geometry.rows.output * geometry.columns.output;
  const batch = images.shape[0] as number;
  const part = Math.max(1, Math.min(batch, Math.floor(LARGEST / (height * width * channels * places))));

  let sum: Any;
  for (let first = 0; first < batch; first += part) {
    const count = Math.min(part, batch - first);
    const product = tf.tidy(() => {
      // Channels in front, so that the slices of all positions lie behind one another without a copy.
      const chunk = tf.transpose(tf.slice(images, [first, 0, 0, 0], [count, -1, -1, -1]), [3, 0, 1, 2]);
      const laid = padded(tf, chunk, geometry, 2);
      const positions: Any[] = [];
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++)
          positions.push(tf.reshape(seen(tf, laid, geometry, row, column, 2), [channels, count * places]));
      const right = tf.reshape(tf.slice(gradient, [first, 0, 0, 0], [count, -1, -1, -1]), [
        count * places,
        filters,
      ]);
      return tf.matMul(positions.length === 1 ? positions[0] : tf.concat(positions, 0), right);
    });
    sum = sum === undefined ? product : tf.add(sum, product);
  }
  return tf.reshape(sum, filterShape);
};
