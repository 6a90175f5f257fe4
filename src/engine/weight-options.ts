import { snakeCase } from "../model/keras-config.ts";

/** What the options of a layer ask of one of its weights; each as the configuration has it. */
export interface WeightOptions {
  /** For `penaltyOf`. */
  readonly regularizer?: unknown;
  /** For `constrained`. */
  readonly constraint?: unknown;
}

/** A layer as data. */
export interface DescribedLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Weight → how its options begin: `recurrent_kernel` is what `recurrent_regularizer` and `recurrent_constraint` speak of. */
const OPTIONS: Readonly<Record<string, string>> = {
  /** Dense, EinsumDense, convolutions, recurrent layers, the projections of MultiHeadAttention. */
  kernel: "kernel",
  bias: "bias",
  /** SimpleRNN, LSTM, GRU, ConvLSTM2D. */
  recurrent_kernel: "recurrent",
  /** DepthwiseConv, SeparableConv. */
  depthwise_kernel: "depthwise",
  /** SeparableConv. */
  pointwise_kernel: "pointwise",
  /** Embedding. */
  embeddings: "embeddings",
  /** BatchNormalization, LayerNormalization, GroupNormalization. */
  gamma: "gamma",
  beta: "beta",
  /** PReLU. */
  alpha: "alpha",
};

/**
 * The regularizer and the constraint of a weight.
 *
 * @param layer Its configuration in Keras's form (`kernel_regularizer`) or in TensorFlow.js's (`kernelRegularizer`).
 * @param weight Its name within the layer: `kernel`; `forward_lstm/recurrent_kernel` where layers hold others.
 */
export function weightOptions(layer: DescribedLayer, weight: string): WeightOptions {
  const config = inKerasForm(layer.config);
  const held = heldLayer(layer.class_name, config, weight);
  if (held !== undefined) return weightOptions(held, weight.slice(weight.indexOf("/") + 1));
  const name = weight.split("/").at(-1)!;
  // Keras 3 calls the kernel of a depthwise convolution a kernel, and its options as ever.
  const begin = layer.class_name.startsWith("Depthwise") && name === "kernel" ? "depthwise" : OPTIONS[name];
  if (begin === undefined) return {};
  const regularizer = config[`${begin}_regularizer`] ?? undefined;
  const constraint = config[`${begin}_constraint`] ?? undefined;
  return {
    ...(regularizer !== undefined && { regularizer }),
    ...(constraint !== undefined && { constraint }),
  };
}

/**
 * What a layer's options ask of its output: a regularizer for `activityPenalty`; undefined where nothing. Of what TimeDistributed holds
 * all steps count together, as one output of each row.
 */
export function activityRegularizer({ class_name, config: given }: DescribedLayer): unknown {
  const config = inKerasForm(given);
  if (class_name === "TimeDistributed") {
    const held = described(config["layer"]);
    return held === undefined ? undefined : activityRegularizer(held);
  }
  if (class_name === "ActivityRegularization")
    return { class_name: "L1L2", config: { l1: config["l1"] ?? 0, l2: config["l2"] ?? 0 } };
  return config["activity_regularizer"] ?? undefined;
}

/** The layer or cell within a layer that the weight is of. */
function heldLayer(
  class_name: string,
  config: DescribedLayer["config"],
  weight: string,
): DescribedLayer | undefined {
  switch (class_name) {
    case "TimeDistributed":
      return described(config["layer"]);
    case "Bidirectional":
      return described(
        (weight.startsWith("backward") ? config["backward_layer"] : undefined) ?? config["layer"],
      );
    case "RNN": {
      const cell = described(config["cell"]);
      if (cell !== undefined && cell.class_name !== "StackedRNNCells") return cell;
      // Weights are named by the number of their cell, with nothing between.
      return heldLayer("StackedRNNCells", cell?.config ?? config, weight);
    }
    case "StackedRNNCells": {
      const number = Number(/cell_?(\d+)/i.exec(weight)?.[1] ?? 0);
      return described((config["cells"] as readonly unknown[] | undefined)?.[number]);
    }
    default:
      return undefined;
  }
}

function described(value: unknown): DescribedLayer | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { class_name, className, config } = value as Partial<DescribedLayer> & { className?: string };
  return { class_name: class_name ?? className ?? "", config: config ?? {} };
}

function inKerasForm(config: DescribedLayer["config"]): DescribedLayer["config"] {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [snakeCase(name), value]));
}
