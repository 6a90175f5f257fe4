import type { Network, TensorReference } from "../model/network.ts";
import type { BuiltLayer } from "../protocol/index.ts";
import { inputShape } from "./describe-network.ts";
import type { FrozenPrefix } from "./features.ts";
import type { FlatNetwork } from "./flatten.ts";
import { ONNX_MODEL } from "./onnx-base/index.ts";
import type { Parts } from "./prefix.ts";
import type { Realised } from "./realise.ts";

/** A network's layers as a run tells them: a base is one, with all that is in it. */
export function builtLayers(
  network: Network,
  flat: FlatNetwork,
  parts: Parts,
  head: Realised,
  prefix: FrozenPrefix | null,
): { layers: BuiltLayer[]; parameters: { total: number; trainable: number } } {
  const count = (weights: Iterable<{ shape: readonly (number | null)[] }>) =>
    [...weights].reduce((sum, { shape }) => sum + shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
  const own = new Map(flat.layers.map((layer) => [layer.name, layer]));
  const parametersOf = (name: string) =>
    // A base from an .onnx file says by itself how many it has.
    own.get(name)?.class_name === ONNX_MODEL
      ? Number(own.get(name)!.config["parameters"] ?? 0)
      : head.layers.has(name)
        ? count(head.layers.get(name)!.weights)
        : count(
            own.get(name)?.weights?.values() ??
              [...(prefix?.weights ?? [])].flatMap(([weight, values]) =>
                weight.startsWith(`${name}/`) ? [values] : [],
              ),
          );
  const shapeOf = ({ layer, call }: TensorReference) =>
    head.layers.has(layer) && !parts.frozen.has(layer)
      ? head.tensor({ layer, call }).shape.slice(1)
      : (prefix?.layerShapes.get(layer) ?? inputShape(network, layer));
  const layers = network.layers.map((layer): BuiltLayer => {
    const inside = flat.within.get(layer.name)!;
    return {
      block: layer.block,
      name: layer.name,
      class: layer.class_name,
      output_shape: shapeOf(flat.at({ layer: layer.name, call: 0 })),
      parameters: inside.reduce((sum, name) => sum + parametersOf(name), 0),
      trainable: layer.trainable,
      frozen: inside.length > 0 && inside.every((name) => parts.frozen.has(name)),
      reads: [...new Set(layer.calls.flatMap((call) => call.map((from) => from.layer)))],
    };
  });
  return {
    layers,
    parameters: {
      total: layers.reduce((sum, layer) => sum + layer.parameters, 0),
      trainable: [...head.layers.values()].reduce((sum, layer) => sum + count(layer.trainableWeights), 0),
    },
  };
}
