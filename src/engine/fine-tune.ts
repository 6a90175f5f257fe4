import { innerLayers, NESTED, type KerasConfig, type NetworkLayer } from "../model/network.ts";
import type { FineTuneDescription } from "../kspec/description.ts";
import { UserError } from "../protocol/index.ts";
import type { FlatNetwork } from "./flatten.ts";

/**
 * A network whose frozen base is trained from one of its layers on, as Keras's guide to transfer learning does it: that layer and
 * those that Keras lists behind it can be trained, and what is before them stays frozen. The base goes on in inference mode:
 * its batch normalisation keeps its averages and learns scale and shift alone, unless the options say otherwise.
 *
 * @param written The same network before its bases were opened: they list their layers.
 * @throws UserError when no base has the layer, or there is nothing to train from it on.
 */
export function unfrozen(
  flat: FlatNetwork,
  written: readonly NetworkLayer[],
  { from, batch_normalization }: FineTuneDescription,
): FlatNetwork {
  const bases = written.filter(
    (layer) => NESTED.has(layer.class_name) && flat.within.get(layer.name)!.length > 1,
  );
  if (bases.length === 0)
    throw new UserError(
      "fine-tune",
      `fine_tune trains a part of a frozen base, and this network has none. Leave fine_tune out, or put the network behind a base such as applications.resnet50.`,
    );
  const released = new Set<string>();
  for (const base of bases) {
    const names = namesOf(base.config);
    const first = names.indexOf(from);
    if (first >= 0) for (const name of names.slice(first)) released.add(name);
  }
  if (released.size === 0)
    throw unknownLayer(
      from,
      bases.flatMap(({ config }) => namesOf(config)),
    );
  const layers = flat.layers.map((layer): NetworkLayer => {
    if (!released.has(layer.name) || layer.weights === undefined) return layer;
    if (layer.class_name !== "BatchNormalization" || batch_normalization === "inference")
      return { ...layer, trainable: true };
    const { inference: _, ...rest } = layer;
    return { ...rest, trainable: true };
  });
  if (layers.every((layer, i) => layer.trainable === flat.layers[i]!.trainable))
    throw new UserError(
      "fine-tune",
      `fine_tune: from "${from}" on, the base has no weights that are frozen now. Name an earlier layer.`,
    );
  return { ...flat, layers };
}

/** In Keras's order, those of networks within the base as well. */
function namesOf(config: KerasConfig): string[] {
  return innerLayers(config).flatMap((layer) =>
    NESTED.has(layer.class_name) ? namesOf(layer.config) : [layer.name ?? String(layer.config["name"])],
  );
}

function unknownLayer(from: string, names: readonly string[]): UserError {
  const alike = names.filter((name) => name.includes(from) || from.includes(name.split("_")[0]!)).slice(0, 6);
  const some = alike.length > 0 ? alike : names.slice(-6);
  return new UserError(
    "fine-tune",
    `fine_tune: the base has no layer "${from}". Some that it has: ${some.join(", ")}.`,
  );
}
