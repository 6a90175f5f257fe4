import { UserError } from "../../protocol/index.ts";
import type { LayerSlots } from "../applications/network-builder.ts";
import type { KerasConfig, WeightValues } from "../network.ts";
import { openH5 } from "./h5-file.ts";
import { readKeras3Layers } from "./keras3-h5.ts";
import { matchLayers, type FileLayer } from "./layer-weights.ts";
import { readLegacyLayers } from "./legacy-h5.ts";

/** A network that wants weights. */
export interface Wanting {
  readonly config: KerasConfig;
  /** Layers with weights, in the order of the network; a network within it is one entry. */
  readonly slots: readonly LayerSlots[];
  /** The same, with the layers of networks within it one by one, where there are such. */
  readonly leaves?: readonly LayerSlots[];
}

/**
 * Reads a file of weights for a network: `.h5` of weights only or of a whole model (Keras 1, 2 and 3), `.weights.h5` (Keras 3).
 *
 * @param source its path, or its bytes with a `label` that messages call it
 * @returns values by the network's names of weights (`conv1/kernel`)
 * @throws UserError naming file, layer, expected and found shape when it is of another network, and when it is damaged.
 */
export async function readWeights(
  source: string | Uint8Array,
  network: Wanting,
  label?: string,
): Promise<Map<string, WeightValues>> {
  const file = await openH5(source, label);
  try {
    const legacy = readLegacyLayers(file) ?? readLegacyLayers(file, "/model_weights");
    if (legacy !== undefined) return matchLayers(file.label, oneLevel(legacy, network.slots), network.slots);
    const layers = readKeras3Layers(file, network.config);
    if (layers !== undefined) return matchLayers(file.label, layers, network.leaves ?? network.slots);
    throw new UserError(
      "weights-format",
      `${file.label} is an HDF5 file, and not one of Keras's: it lists no layers. Save the weights with Keras (model.save_weights or model.save).`,
    );
  } finally {
    file.close();
  }
}

/** Keras 3 lists the network's own weights under a name of its own beside the layers; they are the layers' again, or none. */
function oneLevel(layers: readonly FileLayer[], slots: readonly LayerSlots[]): readonly FileLayer[] {
  const wanted = new Set(slots.map(({ layer }) => layer));
  return layers.filter(({ name }) => name !== "top_level_model_weights" || wanted.has(name));
}
