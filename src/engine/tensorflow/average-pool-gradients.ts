import type { TensorFlow, Tensor } from "./index.ts";

type Gradient = NonNullable<ReturnType<TensorFlow["getGradient"]>>["gradFunc"];

/**
 * Mean poolings whose windows reach beyond the edge: their means count no padding, but the gradient of TensorFlow.js 4.22, in plain
 * JavaScript and in WebAssembly, gives each value the share that it has of a whole window. (Native TensorFlow's does not.)
 */
export function registerAveragePoolGradients(tf: TensorFlow): void {
  for (const kernelName of ["AvgPool", "AvgPool3D"]) {
    const plain = tf.getGradient(kernelName)!;
    const gradFunc: Gradient = (dy, saved, attributes) => {
      const [x] = saved as [Tensor];
      if (attributes["pad"] !== "same" || tf.getBackend() === "tensorflow")
        return plain.gradFunc(dy, saved, attributes);
      const size = listOf(attributes["filterSize"], x.rank - 2);
      const strides = listOf(attributes["strides"], x.rank - 2);
      const given = dy as Tensor;
      // Along each axis: which part of a window lies on the image.
      const whole = size.reduce((y, extent, i) => {
        const shape = given.shape.map((along, axis) => (axis === i + 1 ? along : 1));
        const shares = sharesOf(x.shape[i + 1]!, given.shape[i + 1]!, extent, strides[i]!);
        return tf.div(y, tf.tensor(shares, shape));
      }, given);
      return plain.gradFunc(whole, saved, attributes);
    };
    tf.unregisterGradient(kernelName);
    tf.registerGradient({ ...plain, gradFunc });
  }
}

/** For each window along one axis, with "same" padding, its values on the image by its values. */
function sharesOf(extent: number, windows: number, size: number, stride: number): number[] {
  const before = Math.floor(Math.max(0, (windows - 1) * stride + size - extent) / 2);
  return Array.from({ length: windows }, (_, i) => {
    const first = i * stride - before;
    return (Math.min(extent, first + size) - Math.max(0, first)) / size;
  });
}

function listOf(given: unknown, axes: number): number[] {
  return Array.isArray(given) ? (given as number[]) : Array<number>(axes).fill(given as number);
}
