import type { KerasObjectDescription, LayerDescription } from "../kspec/description.ts";
import type { KerasConfig } from "./network.ts";

/**
 * A layer's options as an author writes them, in TensorFlow.js's camelCase, in the form of Keras's
 * configuration: snake_case keys, initializers and regularizers as `{ class_name, config }`, Keras's
 * defaults where TensorFlow.js has others.
 */
export function kerasConfig({ class_name, config }: LayerDescription): KerasConfig {
  const given = Object.fromEntries(
    Object.entries(config)
      .filter(([key, value]) => value !== undefined && key !== "name" && key !== "trainable")
      .map(([key, value]) => [snakeCase(key), kerasValue(snakeCase(key), value)]),
  );
  return { ...KERAS_DEFAULTS[class_name], ...given };
}

const GLOROT = { kernel_initializer: { class_name: "GlorotUniform", config: {} } };
const GATES = { recurrent_activation: "sigmoid" };

/** Where TensorFlow.js 4.22's defaults are not Keras's: its kernels are glorotNormal, its gates hardSigmoid, its GRU resets before. */
const KERAS_DEFAULTS: Readonly<Record<string, KerasConfig>> = {
  Dense: GLOROT,
  Conv1D: GLOROT,
  Conv2D: GLOROT,
  Conv3D: GLOROT,
  Conv2DTranspose: GLOROT,
  Conv3DTranspose: GLOROT,
  DepthwiseConv2D: { depthwise_initializer: { class_name: "GlorotUniform", config: {} } },
  MultiHeadAttention: GLOROT,
  SimpleRNN: GLOROT,
  SimpleRNNCell: GLOROT,
  GRU: { ...GLOROT, ...GATES, reset_after: true },
  GRUCell: { ...GLOROT, ...GATES, reset_after: true },
  LSTM: { ...GLOROT, ...GATES },
  LSTMCell: { ...GLOROT, ...GATES },
  ConvLSTM2D: { ...GLOROT, ...GATES },
  ConvLSTM2DCell: { ...GLOROT, ...GATES },
};

function kerasValue(key: string, value: unknown): unknown {
  if (typeof value === "string") return kerasString(key, value);
  if (Array.isArray(value)) return value.map((item) => kerasValue(key, item));
  if (typeof value !== "object" || value === null) return value;
  const description = value as Partial<LayerDescription | KerasObjectDescription>;
  if (description.kind === "layer") return innerLayer(description as LayerDescription);
  if (description.kind === "regularizer") return regularizer(description as KerasObjectDescription);
  if (typeof description.class_name === "string")
    return {
      class_name: description.class_name,
      config: Object.fromEntries(
        Object.entries(description.config ?? {}).map(([name, inner]) => [
          snakeCase(name),
          kerasValue(snakeCase(name), inner),
        ]),
      ),
    };
  return value;
}

/** A layer within a layer: what `bidirectional` and `timeDistributed` wrap, the cell of an `rnn`. */
function innerLayer(layer: LayerDescription): KerasConfig {
  const name = layer.config["name"];
  return {
    class_name: layer.class_name,
    config: { ...kerasConfig(layer), ...(name === undefined ? {} : { name }), trainable: layer.trainable },
  };
}

function kerasString(key: string, value: string): unknown {
  if (key.endsWith("_initializer")) return { class_name: upperFirst(value), config: {} };
  if (key.endsWith("_regularizer"))
    return regularizer({ kind: "regularizer", class_name: value.toUpperCase(), config: {} });
  if (key.endsWith("_constraint")) return { class_name: upperFirst(value), config: {} };
  return snakeCase(value);
}

/** What only sums sizes is Keras 2's L1L2, which every reader knows; a factor that is not given is Keras's 0.01. */
function regularizer({ class_name, config }: KerasObjectDescription): KerasConfig {
  if (class_name === "OrthogonalRegularizer") return { class_name, config };
  const factor = (name: string) => (class_name.includes(name.toUpperCase()) ? (config[name] ?? 0.01) : 0);
  return { class_name: "L1L2", config: { l1: factor("l1"), l2: factor("l2") } };
}

/** `recurrentActivation` → `recurrent_activation`, `hardSigmoid` → `hard_sigmoid`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

function upperFirst(name: string): string {
  // "leCunNormal", "heNormal" and "glorotUniform" differ from Keras's class names in the first letter only.
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
