import type { TensorFlow } from "../index.ts";
import { conv2DBackpropFilter } from "./conv2d-backprop-filter.ts";
import { conv3DBackpropFilter } from "./conv3d-backprop-filter.ts";
import { conv3DBackpropInput } from "./conv3d-backprop-input.ts";
import { depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise-backprop.ts";
import { einsum } from "./einsum.ts";
import { logSoftmax } from "./log-softmax.ts";
import { maxPoolGradient } from "./max-pool-gradient.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

/** A kernel as TensorFlow.js calls it, written with operations that the backend has. */
export type Composition = (
  tf: TensorFlow,
  inputs: Readonly<Record<string, Any>>,
  attributes: Readonly<Record<string, unknown>>,
) => Any;
/** Tensors of any rank: kernels get them without a type. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = any;

const COMPOSITIONS: Readonly<Record<string, Composition>> = {
  Conv2DBackpropFilter: conv2DBackpropFilter,
  Conv3DBackpropFilterV2: conv3DBackpropFilter,
  Conv3DBackpropInputV2: conv3DBackpropInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  Einsum: einsum,
  LogSoftmax: logSoftmax,
  MaxPoolGrad: maxPoolGradient,
  UnsortedSegmentSum: unsortedSegmentSum,
};

/**
 * Gives the WebAssembly backend of TensorFlow.js 4.22 the kernels that it lacks and that gradients
 * need, and replaces three that are wrong. Without them no convolution can be trained on it.
 */
export function registerWasmKernels(tf: TensorFlow): void {
  for (const [kernelName, compose] of Object.entries(COMPOSITIONS)) {
    if (tf.getKernel(kernelName, "wasm") !== undefined) tf.unregisterKernel(kernelName, "wasm");
    tf.registerKernel({
      kernelName,
      backendName: "wasm",
      kernelFunc: ({ inputs, attrs }) => tf.tidy(() => compose(tf, inputs, attrs ?? {})),
    });
  }
}
