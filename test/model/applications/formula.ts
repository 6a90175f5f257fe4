import type { BuiltNetwork, LayerSlots } from "../../../src/model/applications/network-builder.ts";
import type { WeightValues } from "../../../src/model/network.ts";

// Weights and images by formula, the same as in scripts/parity/formula.py: a number depends only on the layer's name, the
// place of the weight among the layer's weights, its shape and its index.

/** `count` numbers in [-1, 1): a 32-bit hash of the text (FNV-1a), then MurmurHash3's finaliser of hash and index. */
export function uniform(text: string, count: number): (index: number) => number {
  let seed = 2166136261;
  for (const byte of Buffer.from(text)) seed = Math.imul(seed ^ byte, 16777619);
  return (index) => {
    if (index >= count) throw new RangeError(`${text} has ${count} numbers.`);
    let x = (Math.imul(index, 0x9e3779b9) + seed) | 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x85ebca6b);
    x ^= x >>> 13;
    x = Math.imul(x, 0xc2b2ae35);
    x ^= x >>> 16;
    return (x >>> 0) / 2147483648 - 1;
  };
}

/** Every weight of a network. */
export function formulaWeights({ slots }: BuiltNetwork, gain: number): Map<string, WeightValues> {
  return new Map(
    slots.flatMap((layer) =>
      layer.weights.map(({ name, shape, dtype }, place) => {
        const values = formulaValues(layer, place, gain);
        return [
          name,
          { shape, dtype, values: dtype === "int32" ? Int32Array.from(values) : values },
        ] as const;
      }),
    ),
  );
}

/** He's range for kernels, near `gain` for the scales of batch normalisation. */
export function formulaValues({ layer, class_name, weights }: LayerSlots, place: number, gain: number) {
  const { shape } = weights[place]!;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const u = uniform(`${layer}/${place}`, size);
  const outer = class_name === "DepthwiseConv2D" ? shape.slice(0, 2) : shape.slice(0, -1);
  // Squeeze and excitation multiplies a network by itself, and with strong kernels every rounding error grows.
  const strength = layer.includes("_se_") ? 0.1 : 1;
  const bound = strength * Math.sqrt(6 / outer.reduce((product, extent) => product * extent, 1));
  const affine = (centre: number, width: number) => (i: number) => centre + width * u(i);
  let value: (i: number) => number;
  if (class_name === "BatchNormalization")
    value = [(i: number) => gain * (1 + 0.3 * u(i)), affine(0, 0.1), affine(0, 0.1), affine(1, 0.3)][place]!;
  else if (class_name === "Normalization") value = [affine(0.5, 0.1), affine(0.06, 0.02), () => 0][place]!;
  else value = place > 0 ? affine(0, 0.1) : affine(0, bound);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = value(i);
  return values;
}

/** Two images `[2, size, size, 3]` of waves and noise, in the range that the application takes. */
export function formulaImages(size: number, preprocessing: string): Float32Array {
  const noise = uniform("image", 2 * size * size * 3);
  const values = new Float32Array(2 * size * size * 3);
  let at = 0;
  for (let k = 0; k < 2; k++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        for (let c = 0; c < 3; c++, at++) {
          const wave = ((i * 7 * (c + 1) + j * 13 * (k + 1) + k * 29) % 64) / 32 - 1;
          const value = (2 * wave + noise(at)) / 3;
          values[at] =
            preprocessing === "raw" ? (value + 1) * 127.5 : preprocessing === "caffe" ? value * 127.5 : value;
        }
  return values;
}
