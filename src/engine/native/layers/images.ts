import type { Shape, Value } from "../value.ts";
import type { LayerCall } from "./layer-call.ts";

/** A tensor as ONNX's convolutions see it: `[batch, channels, …spatial]`. */
export interface Images {
  readonly name: string;
  readonly spatial: Shape;
  readonly channels: number | null;
  /** A result with these extents, in the layer's own `data_format`. */
  result(name: string, spatial: Shape, channels: number | null): Value;
}

/** What a layer with `data_format` is applied to; sequences and volumes are images with other axes. */
export function images(call: LayerCall, dimensions: number, value: Value = call.input): Images {
  if (value.shape.length !== dimensions + 1)
    call.unsupported(`is applied to a tensor of ${value.shape.length + 1} axes.`);
  if (call.config["data_format"] === "channels_first") {
    // Keras's own order is ONNX's here.
    const { name, shape } = call.layouts.asInKeras(value);
    return {
      name,
      spatial: shape.slice(1),
      channels: shape[0] ?? null,
      result: (result, spatial, channels) => ({
        name: result,
        shape: [channels, ...spatial],
        channelsFirst: false,
      }),
    };
  }
  const { name, shape } = call.layouts.channelsFirst(value);
  return {
    name,
    spatial: shape.slice(0, -1),
    channels: shape.at(-1) ?? null,
    result: (result, spatial, channels) => ({
      name: result,
      shape: [...spatial, channels],
      channelsFirst: true,
    }),
  };
}

/** One number for each axis, from Keras's single number or list. */
export function perAxis(call: LayerCall, option: string, dimensions: number, fallback: number): number[] {
  const given = call.config[option] ?? fallback;
  const list = Array.isArray(given) ? (given as number[]) : Array<number>(dimensions).fill(given as number);
  if (list.length !== dimensions || !list.every((one) => Number.isInteger(one)))
    call.unsupported(`has ${option} ${JSON.stringify(given)}.`);
  return list;
}
