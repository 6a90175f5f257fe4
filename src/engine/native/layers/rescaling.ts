import { affine } from "./affine.ts";
import { like, type LayerRule } from "./layer-call.ts";

/** x · scale + offset, each one number or one for each channel. */
const rescaling: LayerRule = (call) => {
  const { input } = call;
  const scale = call.config["scale"] as number | readonly number[];
  const offset = (call.config["offset"] as number | readonly number[] | undefined) ?? 0;
  const channels = input.shape.at(-1);
  if (typeof scale === "number" && typeof offset === "number" && channels == null) {
    const scaled = call.add("Mul", [input.name, call.scalar(scale)]);
    return like(input, offset === 0 ? scaled : call.add("Add", [scaled, call.scalar(offset)]));
  }
  const each = (value: number | readonly number[]) => {
    const list = [value].flat(Infinity) as number[];
    if (list.length !== 1 && list.length !== channels)
      call.unsupported(`has ${list.length} numbers for ${channels} channels.`);
    return Float32Array.from({ length: call.channels(input) }, (_, i) =>
      list.length === 1 ? list[0]! : list[i]!,
    );
  };
  return affine(call, input, input.shape.length, () => ({ scale: each(scale), shift: each(offset) }));
};

export const rescalingRules: Readonly<Record<string, LayerRule>> = { Rescaling: rescaling };
