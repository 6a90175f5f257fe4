import { innerLayers, NESTED, type KerasConfig } from "../../model/network.ts";

/**
 * Layers of a network that TensorFlow.js 4.22 by itself does not have, or computes otherwise than Keras and KSpec: whoever loads an
 * exported model there has to register classes for them first.
 *
 * @param config Of the whole network.
 * @returns One text a layer, `rescaled (Normalization)`.
 */
export function unlikeTensorFlowJs(config: KerasConfig): string[] {
  return innerLayers(config).flatMap(({ name, class_name, config: layer }) => {
    if (NESTED.has(class_name)) return unlikeTensorFlowJs(layer);
    const why = reason(class_name, layer);
    return why === undefined ? [] : [`${name ?? String(layer["name"])} (${why})`];
  });
}

function reason(class_name: string, config: KerasConfig): string | undefined {
  if (CLASSES.has(class_name)) return class_name;
  if (class_name === "UpSampling2D" && config["interpolation"] === "bilinear") return "bilinear UpSampling2D";
  if (config["keepdims"] === true) return `${class_name} with keepdims`;
  if (Number(config["groups"] ?? 1) > 1) return `${class_name} with groups`;
  const activation = nameOf(config["activation"]);
  return activation !== undefined && ACTIVATIONS.has(activation) ? `the activation ${activation}` : undefined;
}

/** Keras 3 writes some as objects. */
function nameOf(activation: unknown): string | undefined {
  if (typeof activation === "string") return activation;
  const { class_name, config } = (activation ?? {}) as { class_name?: string; config?: unknown };
  return typeof config === "string" ? config : class_name;
}

const CLASSES: ReadonlySet<string> = new Set(["Normalization", "Resizing", "CenterCrop"]);

const ACTIVATIONS: ReadonlySet<string> = new Set([
  "silu",
  "hard_sigmoid",
  "hard_silu",
  "hard_swish",
  "leaky_relu",
  "exponential",
  "hard_tanh",
  "log_sigmoid",
]);
