import { innerLayers, NESTED, type KerasConfig } from "../network.ts";
import { snakeCaseOfClass } from "../applications/network-builder.ts";
import type { H5File } from "./h5-file.ts";
import type { FileLayer, FileWeight } from "./layer-weights.ts";

/**
 * Layers with weights in the layout of Keras 3's `.weights.h5` and `.keras`: groups are named by class and number
 * (`layers/conv2d_1/vars/0`), so that the network must be known to tell whose they are.
 *
 * @returns one entry for each layer that has weights; the layers of a network within the network are entries of their own.
 *   Undefined when the file has no such layout.
 */
export function readKeras3Layers(file: H5File, config: KerasConfig): FileLayer[] | undefined {
  const roots = file.children("/").filter((name) => ROOTS.some((root) => root === name));
  if (roots.length === 0) return undefined;
  return layersOf(file, "", config);
}

/** What Keras calls the list of layers; TensorFlow 2.12–2.15 called it otherwise. */
const ROOTS = ["layers", "_layer_checkpoint_dependencies"];

function layersOf(file: H5File, place: string, config: KerasConfig): FileLayer[] {
  const root = ROOTS.map((name) => `${place}/${name}`).find((group) => file.children(group).length > 0);
  if (root === undefined) return [];
  const counts = new Map<string, number>();
  return innerLayers(config).flatMap(({ class_name, name, config: inner }) => {
    // Keras leaves the input out of a Sequential's list, and it has no weights elsewhere.
    if (class_name === "InputLayer") return [];
    const stem = snakeCaseOfClass(class_name);
    const count = counts.get(stem) ?? 0;
    counts.set(stem, count + 1);
    const group = `${root}/${count === 0 ? stem : `${stem}_${count}`}`;
    if (NESTED.has(class_name)) return layersOf(file, group, inner);
    const weights = weightsIn(file, group);
    return weights.length === 0 ? [] : [{ name: name ?? String(inner["name"]), weights }];
  });
}

/** A layer's own weights by number, then those of what it holds: the cell of an LSTM, the directions of a Bidirectional. */
function weightsIn(file: H5File, group: string): FileWeight[] {
  const children = file.children(group);
  const own = children.includes("vars") ? file.children(`${group}/vars`) : [];
  const numbered = own.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b));
  return [
    ...numbered.flatMap((name) => {
      const dataset = file.dataset(`${group}/vars/${name}`);
      return dataset === undefined ? [] : [{ name, ...dataset }];
    }),
    ...children
      .filter((name) => name !== "vars" && name !== "seed_generator")
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .flatMap((name) => weightsIn(file, `${group}/${name}`)),
  ];
}

/** As the layer has them: forward before backward; of an attention, query, key, value and what is made of them. */
function rank(name: string): number {
  const place = ["forward_layer", "query_dense", "key_dense", "value_dense"].indexOf(
    // Keras 2 names them as its own attributes.
    name.replace(/^_/, ""),
  );
  return place < 0 ? 4 : place;
}
