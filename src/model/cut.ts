import { UserError } from "../protocol/index.ts";
import { leafNames, type LoadedBase } from "./assemble.ts";
import { innerLayers, type InnerLayer, type KerasConfig } from "./network.ts";

/**
 * The part of a network from its input up to and with the layer of this name.
 *
 * @throws UserError when there is no such layer, naming those there are.
 */
export function cutAfter(base: LoadedBase, layer: string, where: string): LoadedBase {
  const layers = innerLayers(base.config);
  const names = layers.map((inner) => inner.name ?? String(inner.config["name"]));
  const last = names.indexOf(layer);
  if (last < 0)
    throw new UserError(
      "unknown-layer",
      `load_model("${where}", { up_to: "${layer}" }): the model has no layer of that name. It has: ${names.join(", ")}.`,
    );
  const config =
    base.class_name === "Sequential"
      ? { ...base.config, layers: layers.slice(0, last + 1) }
      : functionalUpTo(base.config, layers, names, last);
  const kept = new Set(leafNames(config));
  return {
    class_name: base.class_name,
    config,
    weights: new Map([...base.weights].filter(([name]) => kept.has(name.split("/")[0]!))),
  };
}

function functionalUpTo(
  config: KerasConfig,
  layers: readonly InnerLayer[],
  names: readonly string[],
  last: number,
): KerasConfig {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    const nodes = layers[names.indexOf(name)]?.["inbound_nodes"] as [string, ...unknown[]][][] | undefined;
    for (const node of nodes ?? []) for (const [from] of node) visit(from);
  };
  visit(names[last]!);
  return {
    ...config,
    layers: layers.filter((_, i) => needed.has(names[i]!)),
    output_layers: [[names[last], 0, 0]],
  };
}
