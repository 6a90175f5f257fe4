import { activate } from "./activation-functions.ts";
import type { LayerRule } from "./layer-call.ts";

/** activation(input · kernel + bias), along the last axis. */
const dense: LayerRule = (call) => {
  const [inputs, units] = call.weight("kernel").shape as [number, number];
  const bias = call.config["use_bias"] === false ? [] : [call.parameter("bias").name];
  const { input } = call;
  const shape = [...input.shape.slice(0, -1), units];

  let output: string;
  if (input.channelsFirst) {
    // A convolution of one point is the same, and leaves the layout as it is.
    const ones = input.shape.slice(0, -1).map(() => 1);
    const kernel = call.parameter("kernel", [1, 0], [units, inputs, ...ones]);
    output = call.add("Conv", [input.name, kernel.name, ...bias], {
      kernel_shape: { ints: ones },
      group: { int: 1 },
    });
  } else {
    const { name: weights } = call.parameter("kernel");
    if (input.shape.length === 1) output = call.add("Gemm", [input.name, weights, ...bias]);
    else {
      output = call.add("MatMul", [input.name, weights]);
      if (bias.length > 0) output = call.add("Add", [output, ...bias]);
    }
  }
  return activate(call, { ...input, name: output, shape }, call.config["activation"]);
};

export const denseRules: Readonly<Record<string, LayerRule>> = { Dense: dense };
