import type { TensorFlow, Tensor } from "./index.ts";

/** Comparisons and their kin: they are flat everywhere, so what is behind them learns nothing through them. */
const FLAT: Readonly<Record<string, readonly string[]>> = {
  Equal: ["a", "b"],
  NotEqual: ["a", "b"],
  Less: ["a", "b"],
  LessEqual: ["a", "b"],
  Greater: ["a", "b"],
  LogicalAnd: ["a", "b"],
  LogicalOr: ["a", "b"],
  LogicalNot: ["x"],
  Any: ["x"],
  All: ["x"],
};

/**
 * Gradients that TensorFlow.js 4.22 lacks and that its own layers need: thresholdedReLU and masking compare,
 * conv3dTranspose is the gradient of a convolution, and recurrent layers take sequences of one step.
 */
export function registerMissingGradients(tf: TensorFlow): void {
  for (const [kernelName, inputs] of Object.entries(FLAT)) {
    if (tf.getGradient(kernelName) !== undefined) continue;
    tf.registerGradient({
      kernelName,
      inputsToSave: [...inputs],
      gradFunc: (_dy, saved) =>
        Object.fromEntries(
          inputs.map((name, i) => [name, () => tf.cast(tf.zerosLike(saved[i]!), "float32")]),
        ),
    });
  }

  // A sequence of one step is unstacked into one tensor, whose gradient comes by itself and not in a list.
  const unpack = tf.getGradient("Unpack");
  if (unpack !== undefined) {
    tf.unregisterGradient("Unpack");
    tf.registerGradient({
      ...unpack,
      gradFunc: (dy, saved, attributes) => unpack.gradFunc(Array.isArray(dy) ? dy : [dy], saved, attributes),
    });
  }

  if (tf.getGradient("Conv3DBackpropInputV2") === undefined)
    tf.registerGradient({
      kernelName: "Conv3DBackpropInputV2",
      inputsToSave: ["dy", "filter"],
      gradFunc: (ddx, saved, attributes) => {
        const [dy, filter] = saved as [Tensor, Tensor];
        const { strides, pad } = attributes as unknown as { strides: number; pad: "valid" };
        return {
          dy: () => tf.conv3d(ddx as never, filter as never, strides, pad),
          filter: () =>
            tf
              .engine()
              .runKernel(
                "Conv3DBackpropFilterV2",
                { x: ddx as Tensor, dy },
                { strides, pad, filterShape: filter.shape },
              ) as Tensor,
        };
      },
    });
}
