import {
  innerLayers,
  NESTED,
  type Network,
  type NetworkLayer,
  type TensorReference,
  type WeightValues,
} from "../model/network.ts";
import { graphOfConfig, type GraphLayer, type KerasGraph, type Reference } from "./native/keras-graph.ts";
import { applications } from "./realise.ts";

/** A network whose bases have been opened: their layers are layers of the network, beside the author's own. */
export interface FlatNetwork extends Network {
  /** The layers that a layer of the network as it was written became: itself, or those inside the base. */
  readonly within: ReadonlyMap<string, readonly string[]>;
  /** Where the output of a layer of the network as it was written is now. */
  at(reference: TensorReference): TensorReference;
}

/**
 * Opens the bases of a network, at any depth. A layer inside is trainable when it says so itself and all that it lies in is. One that is
 * applied several times, alone or with its base, stays one layer with several applications.
 *
 * A base stays closed where its layers cannot stand by themselves: one of them gives several tensors, or weights are there that
 * belong to none of them by name.
 */
export function flatten(network: Network): FlatNetwork {
  const layers = new Map<string, Building>();
  const places = new Map<string, TensorReference>();
  const within = new Map<string, string[]>();
  const key = ({ layer, call }: TensorReference) => `${call}:${layer}`;
  const closed = new Set(
    network.layers.filter((layer) => NESTED.has(layer.class_name) && !opens(layer)).map(({ name }) => name),
  );

  const add = (layer: Omit<NetworkLayer, "calls">, reads: readonly TensorReference[]): TensorReference => {
    const building = layers.get(layer.name) ?? { layer, calls: [] };
    layers.set(layer.name, building);
    building.calls.push(reads);
    return { layer: layer.name, call: building.calls.length - 1 };
  };

  for (const { layer, call } of applications(network)) {
    const reads = layer.calls[call]!.map((from) => places.get(key(from))!);
    const own = { layer: layer.name, call };
    if (!NESTED.has(layer.class_name) || closed.has(layer.name)) {
      const { calls: _, ...rest } = layer;
      const inference = closed.has(layer.name) && !layer.trainable;
      places.set(key(own), add(inference ? { ...rest, inference } : rest, reads));
      within.set(layer.name, [layer.name]);
      continue;
    }
    const inside = new Set(within.get(layer.name));
    const opened: Opened = {
      block: layer.block,
      trainable: layer.trainable,
      inference: !layer.trainable,
      weights: layer.weights,
      digest: layer.weightsFile?.digest,
      add: (inner, from) => {
        inside.add(inner.name);
        return add(inner, from);
      },
    };
    const [output] = open(graphOfConfig(layer.class_name, layer.config), reads, opened);
    places.set(key(own), output!);
    within.set(layer.name, [...inside]);
  }
  const at = (reference: TensorReference): TensorReference => places.get(key(reference))!;
  return {
    name: network.name,
    layers: [...layers.values()].map(({ layer, calls }) => ({ ...layer, calls })),
    inputs: network.inputs,
    outputs: network.outputs.map(({ name, from }) => ({ name, from: at(from) })),
    within,
    at,
  };
}

interface Building {
  readonly layer: Omit<NetworkLayer, "calls">;
  readonly calls: (readonly TensorReference[])[];
}

/** What the layers inside a base have from it. */
interface Opened {
  readonly block: string;
  readonly trainable: boolean;
  readonly inference: boolean;
  readonly weights: ReadonlyMap<string, WeightValues> | undefined;
  /** Stands for all of them. */
  readonly digest: string | undefined;
  add(layer: Omit<NetworkLayer, "calls">, reads: readonly TensorReference[]): TensorReference;
}

/** Applies the layers of a base to these tensors; gives its outputs. */
function open(graph: KerasGraph, inputs: readonly TensorReference[], opened: Opened): TensorReference[] {
  const key = ({ layer, call }: { layer: string; call: number }) => `${call}:${layer}`;
  const done = new Map<string, readonly TensorReference[]>();
  graph.inputs.forEach((input, i) => done.set(key(input), [inputs[i]!]));
  const tensorOf = (from: Reference) => done.get(key(from))![from.tensor]!;

  // An explicit stack: a network of ten thousand layers is deeper than JavaScript's own.
  const stack: Reference[] = graph.outputs.toReversed();
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const layer = graph.layers.get(top.layer)!;
    const reads = layer.calls[top.call] ?? [];
    const missing = done.has(key(top))
      ? []
      : [...before(layer, top), ...reads].filter((from) => !done.has(key(from)));
    if (missing.length > 0) {
      stack.push(missing[0]!);
      continue;
    }
    stack.pop();
    if (!done.has(key(top))) done.set(key(top), apply(layer, reads.map(tensorOf), opened));
  }
  return graph.outputs.map(tensorOf);
}

/** Applications of one layer come in their order, so that they keep their numbers. */
function before(layer: GraphLayer, { call }: Reference): Reference[] {
  return call === 0 ? [] : [{ layer: layer.name, call: call - 1, tensor: 0 }];
}

function apply(
  { name, class_name, config }: GraphLayer,
  reads: readonly TensorReference[],
  opened: Opened,
): readonly TensorReference[] {
  const trainable = opened.trainable && config["trainable"] !== false;
  if (NESTED.has(class_name)) {
    const inference = opened.inference || !trainable;
    return open(graphOfConfig(class_name, config), reads, { ...opened, trainable, inference });
  }
  const weights = weightsOf(name, opened.weights);
  const { name: _1, trainable: _2, ...own } = config;
  const layer = {
    name,
    block: opened.block,
    class_name,
    config: own,
    trainable,
    ...(opened.inference ? { inference: true } : {}),
    ...(weights.size > 0 ? { weights } : {}),
    ...(opened.digest === undefined ? {} : { weightsKey: `${opened.digest}/${name}` }),
  };
  return [opened.add(layer, reads)];
}

function weightsOf(layer: string, all: ReadonlyMap<string, WeightValues> = new Map()) {
  return new Map([...all].filter(([name]) => name.startsWith(`${layer}/`)));
}

/** Whether every layer inside gives one tensor, has a name of its own, and finds its weights by it. */
function opens({ class_name, config, weights = new Map() }: NetworkLayer): boolean {
  const names: string[] = [];
  const single = (layerClass: string, layerConfig: NetworkLayer["config"]): boolean => {
    const graph = graphOfConfig(layerClass, layerConfig);
    for (const { name, class_name: inner, config: innerConfig } of graph.layers.values()) {
      if (!NESTED.has(inner)) names.push(name);
      else if (innerLayers(innerConfig) === undefined || !single(inner, innerConfig)) return false;
    }
    const used = [...[...graph.layers.values()].flatMap(({ calls }) => calls.flat()), ...graph.outputs];
    return used.every(({ layer, tensor }) => tensor === 0 || NESTED.has(graph.layers.get(layer)!.class_name));
  };
  if (!single(class_name, config) || new Set(names).size < names.length) return false;
  const known = new Set(names);
  return [...weights.keys()].every((weight) => {
    for (let at = weight.lastIndexOf("/"); at > 0; at = weight.lastIndexOf("/", at - 1))
      if (known.has(weight.slice(0, at))) return true;
    return false;
  });
}
