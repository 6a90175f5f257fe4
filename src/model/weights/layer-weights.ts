import { UserError } from "../../protocol/index.ts";
import type { LayerSlots, WeightSlot } from "../applications/network-builder.ts";
import type { WeightValues } from "../network.ts";
import type { H5Dataset } from "./h5-file.ts";

/** A layer in a file, with its weights in the file's order. */
export interface FileLayer {
  readonly name: string;
  readonly weights: readonly FileWeight[];
}
export interface FileWeight extends H5Dataset {
  readonly name: string;
}

/**
 * Gives a file's weights to a network's layers: by the layers' names where the file has all of them, else in their order, as
 * Keras does. Every shape is checked before anything is read.
 *
 * @param label what messages call the file
 * @throws UserError naming file, layer, expected and found shape.
 */
export function matchLayers(
  label: string,
  found: readonly FileLayer[],
  slots: readonly LayerSlots[],
): Map<string, WeightValues> {
  const named = new Map(found.map((layer) => [layer.name, layer]));
  const byName = slots.every(({ layer }) => named.has(layer));
  if (!byName && found.length !== slots.length) {
    const missing = slots.find(({ layer }) => !named.has(layer))!.layer;
    throw new UserError(
      "weights-mismatch",
      `${label} has ${found.length} layers with weights, and the network has ${slots.length}; the file has no layer ${missing}. It is of another network, or of another form of it (with or without its top, another width).`,
    );
  }
  const pairs = slots.map((slot, i) => [slot, byName ? named.get(slot.layer)! : found[i]!] as const);
  const matched = pairs.flatMap(([slot, layer]) => matchWeights(label, layer, slot));
  const weights = new Map<string, WeightValues>();
  for (const [slot, weight] of matched) weights.set(slot.name, valuesFor(slot, weight));
  return weights;
}

function matchWeights(
  label: string,
  layer: FileLayer,
  slot: LayerSlots,
): readonly (readonly [WeightSlot, FileWeight])[] {
  if (layer.weights.length !== slot.weights.length)
    throw new UserError(
      "weights-mismatch",
      `${label}: the layer ${layer.name} has ${layer.weights.length} weights in the file, and ${slot.layer} (${slot.class_name}) has ${slot.weights.length} in the network. It is of another network.`,
    );
  const named = new Map(layer.weights.map((weight) => [ending(weight.name), weight]));
  // A network within a network keeps the names of its layers; elsewhere order is the rule.
  const byName = slot.weights.every(({ name }) => named.has(ending(name)));
  return slot.weights.map((expected, i) => {
    const weight = byName ? named.get(ending(expected.name))! : layer.weights[i]!;
    if (!sameShape(weight.shape, expected.shape))
      throw new UserError(
        "weights-mismatch",
        `${label}: the weight ${weight.name} of layer ${layer.name} has the shape ${shown(weight.shape)} in the file, and ${expected.name} has ${shown(expected.shape)} in the network. It is of another network, or the file is damaged.`,
      );
    return [expected, weight] as const;
  });
}

/** `model/conv1/kernel:0` → `conv1/kernel`. */
function ending(name: string): string {
  return name.replace(/:\d+$/, "").split("/").slice(-2).join("/");
}

function valuesFor({ shape, dtype }: WeightSlot, weight: FileWeight): WeightValues {
  const { values } = weight.read();
  if (dtype === "int32") return { shape, dtype, values: Int32Array.from(values) };
  return { shape, dtype, values: values instanceof Float32Array ? values : Float32Array.from(values) };
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}

function shown(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
