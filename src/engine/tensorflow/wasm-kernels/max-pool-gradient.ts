import type { Any, Composition } from "./index.ts";

/**
 * The gradient of maximum pooling: to the first place of each window that has the window's maximum. (That of TensorFlow.js 4.22 takes the
 * smallest number above zero for the smallest, so windows of negative values send theirs to the first value of all.)
 */
export const maxPoolGradient: Composition = (tf, { dy, input }, attributes) => {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as Record<string, Any>;
  const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { batchSize, inChannels: channels, inHeight, inWidth, outHeight, outWidth } = info;
  const x = input.dataSync() as Float32Array;
  const gradient = dy.dataSync() as Float32Array;
  const result = new Float32Array(x.length);
  let from = 0;
  for (let image = 0; image < batchSize; image++)
    for (let row = 0; row < outHeight; row++) {
      const top = row * info.strideHeight - info.padInfo.top;
      const rows = [Math.max(0, top), Math.min(inHeight, top + info.filterHeight)] as const;
      for (let column = 0; column < outWidth; column++) {
        const left = column * info.strideWidth - info.padInfo.left;
        const columns = [Math.max(0, left), Math.min(inWidth, left + info.filterWidth)] as const;
        for (let channel = 0; channel < channels; channel++) {
          let best = -Infinity;
          let place = -1;
          for (let y = rows[0]; y < rows[1]; y++)
            for (let z = columns[0]; z < columns[1]; z++) {
              const at = ((image * inHeight + y) * inWidth + z) * channels + channel;
              if (place < 0 || x[at]! > best) [best, place] = [x[at]!, at];
            }
          if (place >= 0) result[place]! += gradient[from]!;
          from++;
        }
      }
    }
  return tf.tensor(result, input.shape);
};
