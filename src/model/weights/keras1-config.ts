import { UserError } from "../../protocol/index.ts";
import { innerLayers, type InnerLayer, type KerasConfig } from "../network.ts";

/** Files of Keras 1 say so, or say nothing. */
export function isKeras1(version: unknown): boolean {
  return version === undefined || /^1\./.test(String(version));
}

/**
 * A model's configuration as Keras 1 wrote it, in Keras 2's form: layers and options had other names.
 *
 * @throws UserError naming the layer, for a class or an order of axes that has no counterpart.
 */
export function fromKeras1(config: KerasConfig, file: string): KerasConfig {
  // A file that does not tell its version may be newer all the same.
  if (!innerLayers(config).some(isOld)) return config;
  return { ...config, layers: innerLayers(config).map((layer) => convert(layer, file)) };
}

function isOld({ class_name, config }: InnerLayer): boolean {
  return class_name in CLASSES || OLD_OPTIONS.some((option) => option in config);
}

const OLD_OPTIONS = ["nb_filter", "output_dim", "border_mode", "dim_ordering", "init", "p"];

/** Class names that changed. */
const CLASSES: Readonly<Record<string, string>> = {
  Convolution1D: "Conv1D",
  Convolution2D: "Conv2D",
  Deconvolution2D: "Conv2DTranspose",
  SeparableConvolution2D: "SeparableConv2D",
  Merge: "Merge",
};
/** What `mode` of a Merge is now a class of its own. */
const MERGES: Readonly<Record<string, string>> = {
  sum: "Add",
  mul: "Multiply",
  ave: "Average",
  max: "Maximum",
  concat: "Concatenate",
};
const KEPT = new Set([
  "InputLayer",
  "Dense",
  "Conv1D",
  "Conv2D",
  "Conv2DTranspose",
  "SeparableConv2D",
  "Activation",
  "LeakyReLU",
  "PReLU",
  "ELU",
  "Dropout",
  "SpatialDropout1D",
  "Flatten",
  "Reshape",
  "Permute",
  "RepeatVector",
  "BatchNormalization",
  "MaxPooling1D",
  "MaxPooling2D",
  "AveragePooling1D",
  "AveragePooling2D",
  "GlobalMaxPooling1D",
  "GlobalMaxPooling2D",
  "GlobalAveragePooling1D",
  "GlobalAveragePooling2D",
  "ZeroPadding2D",
  "Cropping2D",
  "UpSampling2D",
  "Embedding",
]);

/** Options that are called otherwise now; `output_dim` of an Embedding is still called so. */
const OPTIONS: Readonly<Record<string, string>> = {
  nb_filter: "filters",
  output_dim: "units",
  border_mode: "padding",
  subsample: "strides",
  subsample_length: "strides",
  filter_length: "kernel_size",
  pool_length: "pool_size",
  stride: "strides",
  bias: "use_bias",
  init: "kernel_initializer",
  p: "rate",
  W_regularizer: "kernel_regularizer",
  b_regularizer: "bias_regularizer",
  W_constraint: "kernel_constraint",
  b_constraint: "bias_constraint",
  atrous_rate: "dilation_rate",
};
/** Options of Keras 1 that mean nothing any more. */
const GONE = new Set([
  "nb_row",
  "nb_col",
  "dim_ordering",
  "input_dim",
  "mode",
  "arguments",
  "output_mask",
  "output_mask_type",
  "output_shape_type",
  "node_indices",
  "tensor_indices",
  "dot_axes",
  "concat_axis",
  "weights",
  "sparse",
]);

function convert(layer: InnerLayer, file: string): InnerLayer {
  const { config } = layer;
  const name = layer.name ?? String(config["name"] ?? layer.class_name);
  const merge = layer.class_name === "Merge" ? MERGES[String(config["mode"])] : undefined;
  const class_name = merge ?? CLASSES[layer.class_name] ?? layer.class_name;
  if (merge === undefined && !KEPT.has(class_name))
    throw new UserError(
      "unknown-layer-class",
      `${file} was saved by Keras 1, and its layer ${name} (${layer.class_name}) is not read from there. Load and save the model with Keras 2.`,
    );
  if (config["dim_ordering"] === "th")
    throw new UserError(
      "channels-first",
      `${file} was saved by Keras 1 with channels first (layer ${name}), which is not read. Load and save the model with Keras 2 and channels last.`,
    );
  const options: Record<string, unknown> = { name };
  for (const [option, value] of Object.entries(config)) {
    if (GONE.has(option)) continue;
    const kept = class_name === "Embedding" && option === "output_dim";
    options[kept ? option : (OPTIONS[option] ?? option)] = initializer(option, value);
  }
  if (class_name === "Embedding") options["input_dim"] = config["input_dim"];
  if ("nb_row" in config) options["kernel_size"] = [config["nb_row"], config["nb_col"]];
  if (class_name === "Concatenate") options["axis"] = config["concat_axis"] ?? -1;
  if (class_name === "BatchNormalization" && Number(config["mode"] ?? 0) === 1)
    throw new UserError(
      "unknown-layer-class",
      `${file}: the batch normalisation ${name} has Keras 1's mode 1, which there is no more.`,
    );
  return { ...layer, name, class_name, config: options };
}

function initializer(option: string, value: unknown): unknown {
  if (option !== "init" || typeof value !== "string") return value;
  const class_name = value.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const renamed: Readonly<Record<string, string>> = {
    Uniform: "RandomUniform",
    Normal: "RandomNormal",
    Zero: "Zeros",
    One: "Ones",
  };
  return { class_name: renamed[class_name] ?? class_name, config: {} };
}
