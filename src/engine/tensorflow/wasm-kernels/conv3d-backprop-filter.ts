import { conv2DBackpropFilter } from "./conv2d-backprop-filter.ts";
import { fit } from "./geometry.ts";
import type { Any, Composition } from "./index.ts";

/**
 * The gradient of a 3-D convolution in its filter: one 2-D gradient for each depth of the filter, over the slices
 * that this depth saw. (The backend's own kernel 4.22 is wrong for strides above 1.)
 */
export const conv3DBackpropFilter: Composition = (tf, { x, dy }, attributes) => {
  const filterShape = attributes["filterShape"] as [number, number, number, number, number];
  const pad = attributes["pad"] as "valid";
  const info = tf.backend_util.computeConv3DInfo(
    x.shape as [number, number, number, number, number],
    filterShape,
    attributes["strides"] as number,
    1,
    pad,
  );
  const {
    batchSize,
    inHeight,
    inWidth,
    inChannels,
    outDepth,
    outHeight,
    outWidth,
    outChannels,
    strideDepth,
  } = info;
  const area = inHeight * inWidth * inChannels;
  const need = (outDepth - 1) * strideDepth + filterShape[0];
  const slices = fit(tf, tf.reshape(x, [batchSize, info.inDepth, area]), 1, info.padInfo.front, need);
  const gradient = tf.reshape(dy, [batchSize * outDepth, outHeight, outWidth, outChannels]);

  const depths: Any[] = [];
  for (let depth = 0; depth < filterShape[0]; depth++) {
    const seen = tf.stridedSlice(
      slices,
      [0, depth, 0],
      [batchSize, depth + (outDepth - 1) * strideDepth + 1, area],
      [1, strideDepth, 1],
    );
    depths.push(
      conv2DBackpropFilter(
        tf,
        { x: tf.reshape(seen, [batchSize * outDepth, inHeight, inWidth, inChannels]), dy: gradient },
        { filterShape: filterShape.slice(1), strides: [info.strideHeight, info.strideWidth], pad },
      ),
    );
  }
  return tf.stack(depths);
};
