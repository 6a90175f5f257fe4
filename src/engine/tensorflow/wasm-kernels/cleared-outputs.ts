import type { TensorFlow } from "../index.ts";

/**
 * Kernels of the WebAssembly backend 4.22 that add to their output as they find it. Its memory is whatever an
 * earlier tensor left there, so results differed from run to run.
 */
const ADDING = [
  "Conv3D",
  "AvgPool3DGrad",
  "MaxPool3DGrad",
  "ResizeBilinearGrad",
  "ResizeNearestNeighborGrad",
];

/** What the backend allocates outputs with. */
interface Allocator {
  makeOutput(...args: unknown[]): unknown;
  typedArrayFromHeap(tensor: unknown): { fill(value: number): void };
}

/** Gives these kernels outputs of zeros. Call it before the backend is started. */
export function clearOutputs(tf: TensorFlow): void {
  for (const kernelName of ADDING) {
    const kernel = tf.getKernel(kernelName, "wasm");
    if (kernel === undefined) continue;
    tf.unregisterKernel(kernelName, "wasm");
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        const backend = call.backend as Allocator;
        const cleared: Allocator = Object.create(backend as object, {
          makeOutput: {
            value: (...args: unknown[]) => {
              const output = backend.makeOutput(...args);
              backend.typedArrayFromHeap(output).fill(0);
              return output;
            },
          },
        }) as Allocator;
        return kernel.kernelFunc({ ...call, backend: cleared });
      },
    });
  }
}
