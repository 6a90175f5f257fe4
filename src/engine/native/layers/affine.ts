import { axisInMemory, type Value } from "../value.ts";
import { like, type LayerCall } from "./layer-call.ts";

/**
 * value × scale + shift with one number for each place along an axis. It is written as "Affine", which ONNX
 * does not have: a convolution before it takes it in, and what is left becomes ONNX's own (simplify/).
 */
export function affine(
  call: LayerCall,
  value: Value,
  axis: number,
  numbers: () => { scale: Float32Array; shift: Float32Array },
): Value {
  const extent = value.shape[axis - 1] ?? call.unsupported("works along an axis of any length.");
  let made: ReturnType<typeof numbers> | undefined;
  const both = () => (made ??= numbers());
  const scale = call.constant("scale", [extent], () => both().scale);
  const shift = call.constant("shift", [extent], () => both().shift);
  const name = call.add("Affine", [value.name, scale, shift], {
    axis: { int: axisInMemory(value, axis) },
    rank: { int: value.shape.length + 1 },
  });
  return like(value, name);
}
