import type { Attribute } from "../onnx/graph.ts";
import type { Shape } from "../value.ts";

export interface Windows {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly spatial: Shape;
}

/**
 * Where the windows of a convolution or pooling lie, as TensorFlow places them: "same" pads so that
 * ⌈extent / stride⌉ windows fit, and gives the end what does not divide by two.
 */
export function windows(
  spatial: Shape,
  size: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  padding: string,
): Windows {
  const reach = size.map((one, i) => (one - 1) * dilations[i]! + 1);
  const common = { kernel_shape: { ints: size }, strides: { ints: strides } };
  if (padding === "valid")
    return {
      attributes: common,
      spatial: spatial.map((extent, i) =>
        extent === null ? null : Math.floor((extent - reach[i]!) / strides[i]!) + 1,
      ),
    };

  const out = spatial.map((extent, i) => (extent === null ? null : Math.ceil(extent / strides[i]!)));
  const totals = spatial.map((extent, i) => {
    if (padding === "causal") return reach[i]! - 1;
    // Steps of 1 need the same padding whatever the extent.
    if (strides[i] === 1) return reach[i]! - 1;
    return extent === null ? null : Math.max(0, (out[i]! - 1) * strides[i]! + reach[i]! - extent);
  });
  // ONNX Runtime finds the same padding when it sees the image; with dilation it does not.
  if (totals.includes(null))
    return { attributes: { ...common, auto_pad: { text: "SAME_UPPER" } }, spatial: out };
  const before = totals.map((total) => (padding === "causal" ? total! : Math.floor(total! / 2)));
  const after = totals.map((total, i) => total! - before[i]!);
  return { attributes: { ...common, pads: { ints: [...before, ...after] } }, spatial: out };
}
