import type { TensorFlow, Tensor } from "./index.ts";

type Gradient = NonNullable<ReturnType<TensorFlow["getGradient"]>>["gradFunc"];

/**
 * Lets dilated convolutions be trained: TensorFlow.js 4.22 refuses their gradient. A dilated filter is a wider one with zeros
 * between its elements, whose gradient there is.
 */
export function registerDilatedGradients(tf: TensorFlow): void {
  for (const kernelName of ["Conv2D", "DepthwiseConv2dNative"]) {
    const plain = tf.getGradient(kernelName)!;
    const gradFunc: Gradient = (dy, saved, attributes) => {
      const [rows, columns] = pairOf(attributes["dilations"]);
      if ((rows === 1 && columns === 1) || attributes["dataFormat"] === "NCHW")
        return plain.gradFunc(dy, saved, attributes);
      const [x, filter] = saved as [Tensor, Tensor];
      const wide = spread(tf, spread(tf, filter, 0, rows), 1, columns);
      const gradients = plain.gradFunc(dy, [x, wide], { ...attributes, dilations: [1, 1] });
      return {
        x: gradients["x"]!,
        filter: () => {
          const all = gradients["filter"]!();
          return tf.stridedSlice(all, [0, 0, 0, 0], [...all.shape], [rows, columns, 1, 1]);
        },
      };
    };
    tf.unregisterGradient(kernelName);
    tf.registerGradient({ ...plain, gradFunc });
  }
}

function pairOf(dilations: unknown): [number, number] {
  if (typeof dilations === "number") return [dilations, dilations];
  return Array.isArray(dilations) ? (dilations as [number, number]) : [1, 1];
}

/** Zeros between the neighbours along one of the first two axes of a filter. */
function spread(tf: TensorFlow, filter: Tensor, axis: 0 | 1, dilation: number): Tensor {
  if (dilation === 1) return filter;
  const shape = filter.shape;
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const length = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const elements = tf.reshape(filter, [outer, length, 1, inner]);
  const zeros = tf.zeros([outer, length, dilation - 1, inner]);
  const width = length * dilation;
  const spaced = tf.reshape(tf.concat([elements, zeros], 2), [outer, width, inner]);
  // None stand behind the last element.
  const kept = width - dilation + 1;
  return tf.reshape(tf.slice(spaced, [0, 0, 0], [-1, kept, -1]), [
    ...shape.slice(0, axis),
    kept,
    ...shape.slice(axis + 1),
  ]);
}
