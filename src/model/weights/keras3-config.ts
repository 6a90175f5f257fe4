import { UserError } from "../../protocol/index.ts";
import { innerLayers, NESTED, type InnerLayer, type KerasConfig } from "../network.ts";

/**
 * A model's configuration as Keras 2 and 3 write it, in the one form that TensorFlow.js reads. Keras 3 writes what layers are
 * applied to otherwise, `batch_shape` for `batch_input_shape`, data types as objects, and some options that change nothing.
 *
 * @throws UserError naming the layer, for what would be computed otherwise than in Keras.
 */
export function toKeras2(config: KerasConfig, from: Origin): KerasConfig {
  const layers = innerLayers(config);
  const nested = new Set(
    layers
      .filter((layer) => NESTED.has(layer.class_name))
      .map(({ name, config }) => name ?? String(config["name"])),
  );
  // Keras 3 lists arguments where Keras 2 lists references.
  const arguments3 = layers.some(
    ({ inbound_nodes: nodes }) => Array.isArray(nodes) && nodes.some(isArguments),
  );
  // TensorFlow.js counts a network's own graph as its first application, as Keras 2 did and Keras 3 does not.
  const shift = ([layer, call, output]: readonly [string, number, number]) => [
    layer,
    arguments3 && nested.has(layer) ? call + 1 : call,
    output,
  ];
  const converted = layers.map((layer) => convertLayer(layer, from, shift));
  const ends = (key: "input_layers" | "output_layers") =>
    config[key] === undefined ? {} : { [key]: listOfReferences(config[key]).map(shift) };
  const { build_input_shape: built, layers: _1, build_config: _2, ...rest } = config;
  return {
    ...(plain(rest, from, "") as KerasConfig),
    layers: withInputShape(converted, built),
    ...ends("input_layers"),
    ...ends("output_layers"),
  };
}

/** The file that a configuration is of, for messages, and whether Keras 3 wrote it. */
export interface Origin {
  readonly file: string;
  readonly keras3: boolean;
}
type Reference = readonly [string, number, number];
type Shift = (reference: Reference) => unknown[];

function convertLayer(layer: InnerLayer, from: Origin, shift: Shift): InnerLayer {
  const { class_name, inbound_nodes: nodes } = layer;
  const config = layer.config ?? {};
  const name = layer.name ?? (config["name"] === undefined ? undefined : String(config["name"]));
  const attention = ATTENTION.has(class_name) ? attentionCalls(layer, from, name ?? class_name) : undefined;
  const inner = NESTED.has(class_name)
    ? toKeras2(Array.isArray(config) ? { layers: config } : config, from)
    : { ...convertOptions(class_name, config, from, name ?? class_name), ...attention?.options };
  return {
    ...(name === undefined ? {} : { name }),
    class_name,
    config: inner,
    ...(nodes === undefined
      ? {}
      : {
          inbound_nodes: (attention?.nodes ?? (nodes as unknown[])).map((node) => convertNode(node, shift)),
        }),
  };
}

const ATTENTION: ReadonlySet<string> = new Set(["MultiHeadAttention", "Attention", "AdditiveAttention"]);

/**
 * What an attention is applied to, query, value and key in this order, however they were given; and what Keras takes at the
 * application and KSpec as an option.
 */
function attentionCalls(
  { inbound_nodes: nodes }: InnerLayer,
  { file }: Origin,
  layer: string,
): { readonly nodes: readonly unknown[]; readonly options: KerasConfig } {
  const causal = new Set<boolean>();
  const applied = ((nodes ?? []) as unknown[]).map((node) => {
    // Keras 2 has the others beside the first reference, and lists where it was given a list.
    const [first, ...more] = isArguments(node) ? [] : (node as [string, number, number, KerasConfig?][]);
    const kwargs = isArguments(node)
      ? ((node as { kwargs?: KerasConfig }).kwargs ?? {})
      : Object.fromEntries([first, ...more].flatMap((one) => Object.entries(one?.[3] ?? {})));
    for (const option of ["mask", "attention_mask", "return_attention_scores", "query_mask", "key_mask"])
      if ((kwargs[option] ?? false) !== false)
        throw new UserError(
          "layer-option",
          `${file}: layer ${layer} is applied with ${option}, which KSpec does not compute.`,
        );
    causal.add(kwargs["use_causal_mask"] === true);
    const named = ["query", "value", "key"].flatMap((one) => (kwargs[one] == null ? [] : [kwargs[one]]));
    return isArguments(node)
      ? { args: [(node as { args: unknown }).args, named] }
      : [...[first!, ...more].map((one) => one.slice(0, 3)), ...(named as unknown[][])];
  });
  if (causal.size > 1)
    throw new UserError(
      "layer-option",
      `${file}: layer ${layer} is applied with use_causal_mask and without, which KSpec does not compute.`,
    );
  return { nodes: applied, options: causal.has(true) ? { use_causal_mask: true } : {} };
}

/** Options of layers that TensorFlow.js passes over, and the value with which that is right. */
const PASSED_OVER: Readonly<Record<string, readonly (readonly [option: string, harmless: unknown])[]>> = {
  Resizing: [["pad_to_aspect_ratio", false]],
  Conv2DTranspose: [["output_padding", null]],
  Conv3DTranspose: [["output_padding", null]],
  BatchNormalization: [["renorm", false]],
  LayerNormalization: [["rms_scaling", false]],
  GlobalAveragePooling1D: [["keepdims", false]],
  GlobalMaxPooling1D: [["keepdims", false]],
  MultiHeadAttention: [
    ["use_gate", false],
    ["sliding_window", null],
  ],
};

function convertOptions(class_name: string, given: KerasConfig, from: Origin, layer: string): KerasConfig {
  for (const [option, harmless] of PASSED_OVER[class_name] ?? [])
    if ((given[option] ?? harmless) !== harmless)
      throw new UserError(
        "layer-option",
        `${from.file}: layer ${layer} (${class_name}) has the option ${option} = ${JSON.stringify(given[option])}, which KSpec does not compute.`,
      );
  const { batch_shape: shape, ...rest } = given;
  const options = plain(rest, from, layer) as Record<string, unknown>;
  if (shape !== undefined) options["batch_input_shape"] = shape;
  // Keras 2 writes options of a kernel that these do not have, which TensorFlow.js refuses.
  if (class_name.startsWith("Separable"))
    for (const option of ["kernel_initializer", "kernel_regularizer", "kernel_constraint"])
      delete options[option];
  // Keras 3 gave the option another name.
  if (class_name === "LeakyReLU" && options["negative_slope"] !== undefined)
    options["alpha"] = options["negative_slope"];
  // A batch normalisation's axis was written as a list for a while.
  const { axis } = options;
  if (class_name === "BatchNormalization" && Array.isArray(axis) && axis.length === 1)
    options["axis"] = axis[0];
  return options;
}

/** Written beside options by Keras 3, and no options. */
const NO_OPTIONS = new Set([
  "module",
  "registered_name",
  "build_config",
  "quantization_config",
  "seed_generator",
  "shared_object_id",
]);

/** Values of options: objects of Keras 3 lose what they carry beside class and options. */
function plain(value: unknown, from: Origin, layer: string, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, from, layer));
  if (typeof value === "string") return key.endsWith("activation") ? activation(value, from, layer) : value;
  if (typeof value !== "object" || value === null) return value;
  const { class_name, config } = value as { class_name?: unknown; config?: KerasConfig };
  if (class_name === "DTypePolicy" || class_name === "Policy") return config?.["name"] ?? "float32";
  if (key.endsWith("regularizer") && (class_name === "L1" || class_name === "L2")) {
    const options = config ?? {};
    return { class_name: "L1L2", config: { l1: options["l1"] ?? 0, l2: options["l2"] ?? 0 } };
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !NO_OPTIONS.has(name))
      .map(([name, inner]) => [name, plain(inner, from, layer, name)]),
  );
}

/** What TensorFlow.js has, and what the engine adds to it. */
const ACTIVATIONS = new Set(
  (
    "elu selu relu relu6 linear sigmoid softplus softsign tanh softmax log_softmax gelu mish swish " +
    "hard_sigmoid silu hard_silu hard_swish leaky_relu exponential hard_tanh log_sigmoid"
  ).split(" "),
);

function activation(name: string, { file, keras3 }: Origin, layer: string): string {
  // Keras 3 has another function under this name.
  if (name === "hard_sigmoid" && !keras3) return "keras2_hard_sigmoid";
  if (ACTIVATIONS.has(name)) return name;
  throw new UserError(
    "unknown-activation",
    `${file}: layer ${layer} has the activation ${name}, which KSpec does not compute.`,
  );
}

function isArguments(node: unknown): boolean {
  return !Array.isArray(node);
}

/** What a layer is applied to: Keras 2 lists references, Keras 3 arguments. */
function convertNode(node: unknown, shift: Shift): unknown {
  if (!isArguments(node)) return node;
  const { args } = node as { args: unknown };
  return referencesIn(args).map((reference) => [...shift(reference), {}]);
}

function referencesIn(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== "object" || value === null) return [];
  const { class_name, config } = value as { class_name?: unknown; config?: { keras_history?: Reference } };
  if (class_name === "__keras_tensor__" && config?.keras_history !== undefined) return [config.keras_history];
  return Object.values(value).flatMap(referencesIn);
}

/** `["dense", 0, 0]`, or a list of such. */
function listOfReferences(value: unknown): Reference[] {
  if (!Array.isArray(value)) return [];
  return typeof value[0] === "string" ? [value as unknown as Reference] : (value as Reference[]);
}

/** A Sequential without an input layer keeps the shape it was built with beside its layers. */
function withInputShape(layers: readonly InnerLayer[], built: unknown): readonly InnerLayer[] {
  const [first, ...rest] = layers;
  if (first === undefined || !Array.isArray(built) || first["inbound_nodes"] !== undefined) return layers;
  if (first.class_name === "InputLayer" || first.config["batch_input_shape"] !== undefined) return layers;
  return [{ ...first, config: { ...first.config, batch_input_shape: built as unknown[] } }, ...rest];
}
