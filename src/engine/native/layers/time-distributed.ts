import type { KerasConfig } from "../../../model/network.ts";
import { sizeOf } from "../value.ts";
import type { LayerRule } from "./layer-call.ts";

/** A layer, or a network, applied to each step: all steps of all rows become rows, and steps again. */
const timeDistributed: LayerRule = (call) => {
  const input = call.layouts.asInKeras(call.input);
  const [steps = null, ...shape] = input.shape;
  if (shape.length === 0) call.unsupported("is applied to a tensor of 2 axes, which has no steps.");
  if (sizeOf(shape) === null) call.unsupported("is applied to steps of any size.");
  const inner = call.config["layer"] as { class_name: string; config: KerasConfig };
  const rows = call.add("Reshape", [input.name, call.whole("rows", [-1, ...(shape as number[])])]);
  const { output: given, costs } = call.inner(inner, { name: rows, shape, channelsFirst: false });
  const output = call.layouts.asInKeras(given);
  if (sizeOf(output.shape) === null) call.unsupported("makes steps of any size.");
  const made = output.shape as number[];
  // Rows and steps may both be any number: they are as many as they were.
  const back =
    steps === null
      ? call.add(
          "Concat",
          [
            call.add("Slice", [
              call.add("Shape", [input.name]),
              call.whole("first", [0]),
              call.whole("end", [2]),
            ]),
            call.whole("step", made),
          ],
          { axis: { int: 0 } },
        )
      : call.whole("steps", [-1, steps, ...made]);
  const times = steps ?? 1;
  call.costs = { values: costs.values * times, multiplications: costs.multiplications * times };
  return {
    name: call.add("Reshape", [output.name, back]),
    shape: [steps, ...made],
    channelsFirst: false,
  };
};

export const timeDistributedRules: Readonly<Record<string, LayerRule>> = { TimeDistributed: timeDistributed };
