import type { Value } from "../value.ts";
import { activate } from "./activation-functions.ts";
import { channelsLeading } from "./convolution.ts";
import { images, perAxis } from "./images.ts";
import type { LayerCall, LayerRule } from "./layer-call.ts";

/** The reverse of a strided convolution. */
export const transposedConvolutionRules: Readonly<Record<string, LayerRule>> = {
  Conv1DTranspose: (call) => transposed(call, 1),
  Conv2DTranspose: (call) => transposed(call, 2),
  Conv3DTranspose: (call) => transposed(call, 3),
};

function transposed(call: LayerCall, dimensions: number): Value {
  const image = images(call, dimensions);
  const kernel = call.parameter("kernel", channelsLeading(dimensions));
  const filters = kernel.shape.at(-2)!;
  const size = kernel.shape.slice(0, dimensions);

  const strides = perAxis(call, "strides", dimensions, 1);
  if (perAxis(call, "dilation_rate", dimensions, 1).some((rate) => rate !== 1))
    call.unsupported("is dilated.");
  if (call.config["output_padding"] != null) call.unsupported("has an output_padding.");
  const same = call.config["padding"] === "same";
  // "same" makes extent × stride, "valid" also all that the last window reaches beyond.
  const excess = size.map((one, i) => (same ? Math.max(0, one - strides[i]!) : 0));
  const before = excess.map((one) => Math.floor(one / 2));
  const output = call.add(
    "ConvTranspose",
    [image.name, kernel.name, ...(call.config["use_bias"] === false ? [] : [call.parameter("bias").name])],
    {
      kernel_shape: { ints: size },
      strides: { ints: strides },
      pads: { ints: [...before, ...excess.map((one, i) => one - before[i]!)] },
      // A window smaller than its step leaves the end untouched, and it is part of the result all the same.
      output_padding: { ints: size.map((one, i) => Math.max(0, strides[i]! - one)) },
    },
  );
  const spatial = image.spatial.map((extent, i) =>
    extent === null ? null : extent * strides[i]! + (same ? 0 : Math.max(0, size[i]! - strides[i]!)),
  );
  return activate(call, image.result(output, spatial, filters), call.config["activation"]);
}
