import { createHash } from "node:crypto";
import type { Network, WeightValues } from "../model/network.ts";

/** Raised when the same network would give other features: a layer's numerics were corrected. */
const NUMERICS = 1;

/**
 * What stands for a frozen prefix wherever it is found: 32 hexadecimal digits of its architecture, its weights, and what computes
 * it. Names of blocks and layers do not count.
 */
export function featureKey(network: Network, weights: ReadonlyMap<string, WeightValues>, by: string): string {
  const numbers = new Map(network.layers.map(({ name }, i) => [name, i]));
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify({
      numerics: NUMERICS,
      by,
      layers: network.layers.map(({ class_name, config, calls }) => ({
        class_name,
        config: sorted(config),
        calls: calls.map((call) => call.map(({ layer, call }) => [numbers.get(layer), call])),
      })),
      inputs: network.inputs.map(({ layer }) => numbers.get(layer)),
      outputs: network.outputs.map(({ from }) => [numbers.get(from.layer), from.call]),
    }),
  );
  for (const layer of network.layers) {
    if (layer.weightsKey !== undefined) {
      hash.update(`${numbers.get(layer.name)} ${layer.weightsKey}`);
      continue;
    }
    for (const [name, { shape, dtype, values }] of weightsOfLayer(layer.name, layer.weights, weights)) {
      hash.update(`${numbers.get(layer.name)}/${name} ${dtype} ${shape.join()}`);
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  }
  return hash.digest("hex").slice(0, 32);
}

/** By the weights' own names, in their order. */
function weightsOfLayer(
  layer: string,
  own: ReadonlyMap<string, WeightValues> | undefined,
  all: ReadonlyMap<string, WeightValues>,
): [string, WeightValues][] {
  const names =
    own === undefined ? [...all.keys()].filter((name) => name.startsWith(`${layer}/`)) : own.keys();
  return [...names]
    .map((name): [string, WeightValues] => [
      name.startsWith(`${layer}/`) ? name.slice(layer.length + 1) : name,
      all.get(name)!,
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Options in one order, without the name that Keras writes among them. */
function sorted(config: Readonly<Record<string, unknown>>): unknown {
  const { name: _1, trainable: _2, ...options } = config;
  return Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
}
