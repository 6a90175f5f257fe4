import { MOVING, RECOLOURING } from "../augmentation.ts";
import { PLAIN_LAYERS } from "../tensorflow/plain-layers.ts";
import { innerLayers, NESTED, type KerasConfig } from "../../model/network.ts";

/**
 * Layers of a network that TensorFlow.js 4.22 by itself does not have, or computes otherwise than Keras and KSpec: whoever loads an
 * exported model there has to register classes for them first.
 *
 * @param config Of the whole network.
 * @returns One text a layer, `rescaled (Normalization)`.
 */
export function unlikeTensorFlowJs(config: KerasConfig): string[] {
  return within(config, makesMask(config));
}

function within(config: KerasConfig, masked: boolean): string[] {
  return innerLayers(config).flatMap(({ name, class_name, config: layer }) => {
    if (NESTED.has(class_name)) return within(layer, masked);
    const why =
      masked && class_name === "Bidirectional" ? "Bidirectional behind a mask" : reason(class_name, layer);
    return why === undefined ? [] : [`${name ?? String(layer["name"])} (${why})`];
  });
}

function makesMask(config: KerasConfig): boolean {
  return innerLayers(config).some(({ class_name, config: layer }) =>
    NESTED.has(class_name) ? makesMask(layer) : class_name === "Masking" || layer["mask_zero"] === true,
  );
}

function reason(class_name: string, config: KerasConfig): string | undefined {
  if (CLASSES.has(class_name)) return class_name;
  if (class_name === "UpSampling2D" && config["interpolation"] === "bilinear") return "bilinear UpSampling2D";
  if (config["keepdims"] === true) return `${class_name} with keepdims`;
  if (Number(config["groups"] ?? 1) > 1) return `${class_name} with groups`;
  if (config["padding"] === "causal") return `causal ${class_name}`;
  if (config["reset_after"] === true) return `${class_name} with reset_after`;
  for (const [option, plain] of PASSED_OVER[class_name] ?? [])
    if ((config[option] ?? plain) !== plain) return `${class_name} with ${option}`;
  const functions = [config["activation"], config["recurrent_activation"]].map(nameOf);
  const activation = functions.find((name) => name !== undefined && ACTIVATIONS.has(name));
  if (activation !== undefined) return `the activation ${activation}`;
  // What Bidirectional and TimeDistributed wrap, and the cells of an RNN.
  const held = [config["layer"], config["cell"], config["cells"]].flat().filter((one) => one != null);
  return (held as { class_name: string; config: KerasConfig }[])
    .map((one) =>
      NESTED.has(one.class_name) ? within(one.config, false)[0] : reason(one.class_name, one.config),
    )
    .find((one) => one !== undefined);
}

/** Keras 3 writes some as objects. */
function nameOf(activation: unknown): string | undefined {
  if (typeof activation === "string") return activation;
  const { class_name, config } = (activation ?? {}) as { class_name?: string; config?: unknown };
  return typeof config === "string" ? config : class_name;
}

const CLASSES: ReadonlySet<string> = new Set([
  "CategoryEncoding",
  "Normalization",
  "Resizing",
  "CenterCrop",
  "MaxPooling3D",
  "OnnxModel",
  "GroupNormalization",
  ...["MultiHeadAttention", "Attention", "AdditiveAttention"],
  ...MOVING,
  ...RECOLOURING,
  ...PLAIN_LAYERS,
]);

/** Options, and the value with which TensorFlow.js computes what Keras does. */
const PASSED_OVER: Readonly<Record<string, readonly (readonly [option: string, plain: unknown])[]>> = {
  ReLU: [
    ["negative_slope", 0],
    ["threshold", 0],
  ],
  ELU: [["alpha", 1]],
  Softmax: [["axis", -1]],
};

const ACTIVATIONS: ReadonlySet<string> = new Set([
  "silu",
  "hard_sigmoid",
  "keras2_hard_sigmoid",
  "hard_silu",
  "hard_swish",
  "leaky_relu",
  "exponential",
  "hard_tanh",
  "log_sigmoid",
]);
