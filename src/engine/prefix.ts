import { NESTED, type KerasConfig, type NetworkLayer, type TensorReference } from "../model/network.ts";
import { UserError } from "../protocol/index.ts";
import { applications, applyLayer, type Realised } from "./realise.ts";
import { tf, type LayersModel, type SymbolicTensor } from "./tensorflow/index.ts";

/** A network in two parts: what never changes while it is trained, and what is trained. */
export interface Parts {
  /** Layers of the frozen prefix; empty when nothing in front of the trained part has weights. */
  readonly frozen: ReadonlySet<string>;
  /** Raw inputs → features; null when the features are the inputs themselves. */
  readonly prefix: LayersModel | null;
  /** The tensors between the parts, in the order of the prefix's outputs and the head's inputs. */
  readonly features: readonly TensorReference[];
  /** Features → outputs; shares its layers with the whole model. */
  readonly head: LayersModel;
}

/**
 * Finds the largest part of a network that depends on no trainable weight and on nothing random, and cuts it
 * off: its outputs are the same in every epoch and are computed once for each row.
 *
 * @throws UserError when nothing is left to train.
 */
export function splitOffFrozen(realised: Realised): Parts {
  const { network } = realised;
  const order = applications(network);
  const key = ({ layer, call }: TensorReference) => `${call}:${layer}`;

  const fixed = new Set<string>();
  for (const { layer, call } of order)
    if (isFixed(layer, realised) && layer.calls[call]!.every((from) => fixed.has(key(from))))
      fixed.add(key({ layer: layer.name, call }));
  if (network.outputs.every(({ from }) => fixed.has(key(from))))
    throw new UserError(
      "nothing-to-train",
      `Nothing in ${network.name} can be trained: every layer with weights is frozen. Set trainable = true on one, or add a layer such as layers.dense behind the base.`,
    );

  const worthwhile = order.some(
    ({ layer, call }) =>
      fixed.has(key({ layer: layer.name, call })) && realised.layers.get(layer.name)!.weights.length > 0,
  );
  const inPrefix = (reference: TensorReference) =>
    worthwhile ? fixed.has(key(reference)) : isInput(network.layers, reference.layer);

  const features = new Map<string, TensorReference>();
  for (const { layer, call } of order)
    if (!inPrefix({ layer: layer.name, call }))
      for (const from of layer.calls[call]!) if (inPrefix(from)) features.set(key(from), from);
  for (const { from } of network.outputs) if (inPrefix(from)) features.set(key(from), from);

  const list = [...features.values()];
  return {
    frozen: new Set(
      worthwhile
        ? order
            .filter(
              ({ layer, call }) => layer.class_name !== "InputLayer" && inPrefix({ layer: layer.name, call }),
            )
            .map(({ layer }) => layer.name)
        : [],
    ),
    prefix: worthwhile
      ? tf.model({
          inputs: network.inputs.map(({ layer }) => realised.tensor({ layer, call: 0 })),
          outputs: list.map((from) => realised.tensor(from)),
        })
      : null,
    features: list,
    head: headModel(realised, list, inPrefix),
  };
}

/** The same layers applied once more, to inputs that take the features. */
function headModel(
  realised: Realised,
  features: readonly TensorReference[],
  inPrefix: (reference: TensorReference) => boolean,
): LayersModel {
  const key = ({ layer, call }: TensorReference) => `${call}:${layer}`;
  const tensors = new Map<string, SymbolicTensor>();
  const inputs = features.map((from) => {
    const input = tf.input({ shape: realised.tensor(from).shape.slice(1) });
    tensors.set(key(from), input);
    return input;
  });
  for (const { layer, call } of applications(realised.network)) {
    if (inPrefix({ layer: layer.name, call })) continue;
    const instance = realised.layers.get(layer.name)!;
    const read = layer.calls[call]!.map((from) => tensors.get(key(from))!);
    tensors.set(key({ layer: layer.name, call }), applyLayer(instance, read));
  }
  return tf.model({ inputs, outputs: realised.network.outputs.map(({ from }) => tensors.get(key(from))!) });
}

function isInput(layers: readonly NetworkLayer[], name: string): boolean {
  return layers.find((layer) => layer.name === name)?.class_name === "InputLayer";
}

function isFixed(layer: NetworkLayer, realised: Realised): boolean {
  if (layer.class_name === "InputLayer") return true;
  if (NESTED.has(layer.class_name) && !layer.trainable) return true;
  if (realised.layers.get(layer.name)!.trainableWeights.length > 0) return false;
  return !changesInTraining(layer.class_name, layer.config, layer.trainable);
}

/** Layers that draw random numbers in training. */
const RANDOM: ReadonlySet<string> = new Set([
  "Dropout",
  "SpatialDropout1D",
  "GaussianNoise",
  "GaussianDropout",
  "AlphaDropout",
  "RandomWidth",
]);

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
