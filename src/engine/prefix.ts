import {
  NESTED,
  type KerasConfig,
  type Network,
  type NetworkLayer,
  type TensorReference,
} from "../model/network.ts";
import { UserError } from "../protocol/index.ts";
import { applications } from "./realise.ts";

/** A network in two parts: what never changes while it is trained, and what is trained. */
export interface Parts {
  /** Layers of the frozen prefix; empty when nothing in front of the trained part has weights. */
  readonly frozen: ReadonlySet<string>;
  /** The frozen prefix: raw inputs → those features that are no inputs as they stand. Null when there is none. */
  readonly prefix: Network | null;
  /** The tensors between the parts, in the order of the head's inputs. */
  readonly features: readonly TensorReference[];
  /** Blocks with frozen bases that read something trained, so that they are computed in every epoch; and what that is. */
  readonly held: readonly { readonly block: string; readonly behind: string }[];
}

/**
 * Finds the largest part of a network that depends on no trainable weight and on nothing random, and cuts it
 * off: its outputs are the same in every epoch and are computed once for each row.
 *
 * @throws UserError when nothing is left to train.
 */
export function splitOffFrozen(network: Network): Parts {
  const order = applications(network);
  const fixed = new Set<string>();
  for (const { layer, call } of order)
    if (isFixed(layer) && layer.calls[call]!.every((from) => fixed.has(key(from))))
      fixed.add(key({ layer: layer.name, call }));
  if (network.outputs.every(({ from }) => fixed.has(key(from))))
    throw new UserError(
      "nothing-to-train",
      `Nothing in ${network.name} can be trained: every layer with weights is frozen. Set trainable = true on one, or add a layer such as layers.dense behind the base.`,
    );

  const worthwhile = order.some(
    ({ layer, call }) => fixed.has(key({ layer: layer.name, call })) && hasWeights(layer),
  );
  const inputs = new Set(network.inputs.map(({ layer }) => layer));
  const inPrefix = (reference: TensorReference) =>
    worthwhile ? fixed.has(key(reference)) : inputs.has(reference.layer);

  const features = new Map<string, TensorReference>();
  for (const { layer, call } of order)
    if (!inPrefix({ layer: layer.name, call }))
      for (const from of layer.calls[call]!) if (inPrefix(from)) features.set(key(from), from);
  for (const { from } of network.outputs) if (inPrefix(from)) features.set(key(from), from);
  const computed = [...features.values()].filter(({ layer }) => !inputs.has(layer));

  return {
    frozen: new Set(
      worthwhile
        ? order
            .filter(({ layer, call }) => !inputs.has(layer.name) && inPrefix({ layer: layer.name, call }))
            .map(({ layer }) => layer.name)
        : [],
    ),
    prefix: computed.length === 0 ? null : prefixNetwork(network, computed),
    // Without a prefix the head is the whole network, and its inputs come in the network's order.
    features:
      computed.length === 0
        ? network.inputs.map(({ layer }) => ({ layer, call: 0 }))
        : [...features.values()],
    held: heldBack(order, inPrefix),
  };
}

/** The layers that these tensors depend on, as a network of its own. */
function prefixNetwork(network: Network, outputs: readonly TensorReference[]): Network {
  const needed = new Set<string>();
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  const stack = [...outputs];
  while (stack.length > 0) {
    const top = stack.pop()!;
    if (needed.has(key(top))) continue;
    needed.add(key(top));
    stack.push(...byName.get(top.layer)!.calls[top.call]!);
  }
  // Applications that lie behind the cut belong to the head, and the others keep their numbers from 0.
  const number = (layer: NetworkLayer, call: number) =>
    layer.calls.slice(0, call).filter((_, earlier) => needed.has(key({ layer: layer.name, call: earlier })))
      .length;
  const moved = ({ layer, call }: TensorReference) => ({ layer, call: number(byName.get(layer)!, call) });
  const layers = network.layers.flatMap((layer) => {
    const calls = layer.calls.filter((_, call) => needed.has(key({ layer: layer.name, call })));
    return calls.length === 0 ? [] : [{ ...layer, calls: calls.map((call) => call.map(moved)) }];
  });
  const kept = new Set(layers.map(({ name }) => name));
  return {
    name: network.name,
    layers,
    inputs: network.inputs.filter(({ layer }) => kept.has(layer)),
    outputs: outputs.map((from) => ({ name: from.layer, from: moved(from) })),
  };
}

/**
 * The trained part as a network of its own, whose inputs take the features.
 *
 * @param shapes of one row of each feature
 */
export function headNetwork(
  network: Network,
  { features, prefix }: Parts,
  shapes: readonly (readonly (number | null)[])[],
): Network {
  if (prefix === null) return network;
  const replaced = new Map<string, TensorReference>();
  const taken = new Set(network.layers.map(({ name }) => name));
  const inputs = features.map((from, i): NetworkLayer => {
    const own = network.layers.find(({ name }) => name === from.layer)!;
    if (own.class_name === "InputLayer") return own;
    let name = "features";
    for (let n = 1; taken.has(name); n++) name = `features_${n}`;
    taken.add(name);
    replaced.set(key(from), { layer: name, call: 0 });
    return {
      name,
      block: own.block,
      class_name: "InputLayer",
      config: { batch_input_shape: [null, ...shapes[i]!] },
      trainable: true,
      calls: [[]],
    };
  });
  // A layer may be applied before the cut and behind it: then the head has its later applications alone.
  const behind = new Map<string, readonly number[]>();
  const reached = new Set<string>();
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  const stack = network.outputs.map(({ from }) => from);
  while (stack.length > 0) {
    const top = stack.pop()!;
    if (replaced.has(key(top)) || reached.has(key(top))) continue;
    reached.add(key(top));
    stack.push(...byName.get(top.layer)!.calls[top.call]!);
  }
  for (const { name, calls } of network.layers)
    behind.set(
      name,
      calls.map((_, call) => call).filter((call) => reached.has(key({ layer: name, call }))),
    );
  const moved = (from: TensorReference): TensorReference =>
    replaced.get(key(from)) ?? { layer: from.layer, call: behind.get(from.layer)!.indexOf(from.call) };
  const layers = network.layers.flatMap((layer): NetworkLayer[] => {
    const calls = behind.get(layer.name)!;
    if (calls.length === 0 || layer.class_name === "InputLayer") return [];
    return [{ ...layer, calls: calls.map((call) => layer.calls[call]!.map(moved)) }];
  });
  return {
    name: network.name,
    layers: [...inputs, ...layers],
    inputs: inputs.map(({ name }, i) => ({ column: String(i), layer: name })),
    outputs: network.outputs.map(({ name, from }) => ({ name, from: moved(from) })),
  };
}

function key({ layer, call }: TensorReference): string {
  return `${call}:${layer}`;
}

/** Frozen layers with weights that had to stay behind the cut, by block. */
function heldBack(
  order: readonly { readonly layer: NetworkLayer; readonly call: number }[],
  inPrefix: (reference: TensorReference) => boolean,
): Parts["held"] {
  const held = new Map<string, string>();
  /** Application → the first trained or random layer that it depends on. */
  const cause = new Map<string, NetworkLayer>();
  for (const { layer, call } of order) {
    const own = { layer: layer.name, call };
    if (inPrefix(own)) continue;
    const before = layer.calls[call]!.map((from) => cause.get(key(from))).find(
      (found) => found !== undefined,
    );
    const because = before ?? layer;
    cause.set(key(own), because);
    if (layer.inference && hasWeights(layer) && because.block !== layer.block)
      held.set(layer.block, held.get(layer.block) ?? because.block);
  }
  return [...held].map(([block, behind]) => ({ block, behind }));
}

function isFixed(layer: NetworkLayer): boolean {
  if (layer.class_name === "InputLayer") return true;
  if (NESTED.has(layer.class_name)) return !layer.trainable;
  if (layer.trainable && hasTrainableWeights(layer)) return false;
  if (makesMask(layer)) return false;
  return layer.inference || !changesInTraining(layer.class_name, layer.config, layer.trainable);
}

/** A mask goes from layer to layer beside the tensor, and would be lost where the network is cut. */
function makesMask({ class_name, config }: NetworkLayer): boolean {
  return class_name === "Masking" || config["mask_zero"] === true;
}

/** Layers that draw random numbers in training. */
const RANDOM: ReadonlySet<string> = new Set([
  ...["Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"],
  ...["GaussianNoise", "GaussianDropout", "AlphaDropout"],
  ...["RandomWidth", "RandomHeight", "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation"],
  ...["RandomContrast", "RandomBrightness", "RandomCrop"],
]);

/** Layers that have nothing to learn. What is not known is taken to have something. */
export const WITHOUT_WEIGHTS: ReadonlySet<string> = new Set([
  ...RANDOM,
  ...["InputLayer", "Identity", "Flatten", "Reshape", "Permute", "RepeatVector", "Masking"],
  ...["Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Softmax", "UnitNormalization"],
  ...["Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract", "Dot"],
  ...["MaxPooling1D", "MaxPooling2D", "MaxPooling3D"],
  ...["AveragePooling1D", "AveragePooling2D", "AveragePooling3D"],
  ...["GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"],
  ...["GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"],
  ...["ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D"],
  ...["UpSampling1D", "UpSampling2D", "UpSampling3D"],
  ...["Rescaling", "Resizing", "CenterCrop", "CategoryEncoding"],
]);
/** Layers whose weights are set and never learnt. */
const WEIGHTS_NOT_LEARNT: ReadonlySet<string> = new Set(["Normalization", "OnnxModel"]);

/** Whether a layer has weights, learnt or not. */
export function hasWeights(layer: NetworkLayer): boolean {
  const inner =
    (layer.config["layer"] as { class_name?: string; config?: KerasConfig } | undefined) ?? undefined;
  if (layer.class_name === "TimeDistributed" && inner?.class_name !== undefined)
    return hasWeights({ ...layer, class_name: inner.class_name, config: inner.config ?? {} });
  return layer.weights !== undefined || !WITHOUT_WEIGHTS.has(layer.class_name);
}

function hasTrainableWeights(layer: NetworkLayer): boolean {
  return hasWeights(layer) && !WEIGHTS_NOT_LEARNT.has(layer.class_name);
}

/** Whether a layer, or one inside it, is random in training or moves its averages. */
function changesInTraining(className: string, config: KerasConfig, trainable: boolean): boolean {
  if (RANDOM.has(className)) return true;
  if (className === "BatchNormalization" && trainable) return true;
  if (Number(config["dropout"] ?? 0) > 0 || Number(config["recurrent_dropout"] ?? 0) > 0) return true;
  return Object.values(config).some((value) => holdsChanging(value, trainable));
}

function holdsChanging(value: unknown, trainable: boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsChanging(item, trainable));
  if (typeof value !== "object" || value === null) return false;
  const { class_name, config } = value as { class_name?: unknown; config?: KerasConfig };
  if (typeof class_name !== "string" || typeof config !== "object") return false;
  return changesInTraining(class_name, config, trainable && config["trainable"] !== false);
}
