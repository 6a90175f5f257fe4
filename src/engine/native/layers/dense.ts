import { activate } from "./activation-functions.ts";
import { channelsLeading } from "./convolution.ts";
import type { LayerRule } from "./layer-call.ts";

/** activation(input · kernel + bias), along the last axis. */
const dense: LayerRule = (call) => {
  const kernel = call.weight("kernel");
  const [inputs, units] = kernel.shape as [number, number];
  const given = call.config["use_bias"] === false ? undefined : call.weight("bias");
  const bias = given === undefined ? [] : [call.constant("bias", given.shape, () => given.values)];
  const { input } = call;
  const shape = [...input.shape.slice(0, -1), units];

  let output: string;
  if (input.channelsFirst) {
    // A convolution of one point is the same, and leaves the layout as it is.
    const ones = input.shape.slice(0, -1).map(() => 1);
    const weights = call.constant("kernel as a convolution", [units, inputs, ...ones], () =>
      channelsLeading(kernel),
    );
    output = call.add("Conv", [input.name, weights, ...bias], {
      kernel_shape: { ints: ones },
      group: { int: 1 },
    });
  } else {
    const weights = call.constant("kernel", kernel.shape, () => kernel.values);
    if (input.shape.length === 1) output = call.add("Gemm", [input.name, weights, ...bias]);
    else {
      output = call.add("MatMul", [input.name, weights]);
      if (bias.length > 0) output = call.add("Add", [output, ...bias]);
    }
  }
  return activate(call, { ...input, name: output, shape }, call.config["activation"]);
};

export const denseRules: Readonly<Record<string, LayerRule>> = { Dense: dense };
