import type { Applicable, BaseDescription, TensorDescription } from "../kspec/description.ts";
import { UserError } from "../protocol/index.ts";
import { kerasConfig } from "./keras-config.ts";
import {
  innerLayers,
  NESTED,
  type InnerLayer,
  type KerasConfig,
  type Network,
  type NetworkLayer,
  type TensorReference,
  type WeightsFile,
  type WeightValues,
} from "./network.ts";

/** Symbolic tensors of blocks, and what is known about them. */
export interface Wired {
  readonly name: string;
  readonly inputs: readonly { readonly column: string; readonly tensor: TensorDescription }[];
  readonly outputs: readonly { readonly name: string; readonly tensor: TensorDescription }[];
  /** The block whose function made the tensor. */
  readonly blockOf: ReadonlyMap<TensorDescription, string>;
}

/** A network from elsewhere, read from its files. */
export interface LoadedBase {
  /** "Functional" or "Sequential". */
  readonly class_name: string;
  readonly config: KerasConfig;
  /** Empty: they are initialised as the configuration says. */
  readonly weights: ReadonlyMap<string, WeightValues>;
  /** Where they lie as a saved model has them. */
  readonly weightsFile?: WeightsFile;
}

/**
 * Turns symbolic tensors into a network: finds every layer from the outputs back, gives each a name,
 * and notes what it is applied to.
 *
 * Layers are named like their block (`flatten`); a block with layers of several classes gets
 * `hidden_dense`, `hidden_dropout`; repeats are numbered as Keras does (`hidden`, `hidden_1`).
 *
 * @throws UserError when two layers are given the same name.
 */
export function assembleNetwork(wired: Wired, bases: ReadonlyMap<BaseDescription, LoadedBase>): Network {
  const order = inOrder(wired.outputs.map(({ tensor }) => tensor));
  for (const { tensor } of wired.inputs) if (!order.includes(tensor)) order.unshift(tensor);

  const uses = new Map<Applicable, TensorDescription[]>();
  for (const tensor of order) {
    const tensors = uses.get(tensor.layer) ?? [];
    tensors.push(tensor);
    uses.set(tensor.layer, tensors);
  }
  const block = (layer: Applicable) => wired.blockOf.get(uses.get(layer)![0]!) ?? "";
  const names = nameLayers([...uses.keys()], block, bases);
  const reference = (tensor: TensorDescription): TensorReference => ({
    layer: names.of.get(tensor.layer)!,
    call: uses.get(tensor.layer)!.indexOf(tensor),
  });

  const layers = [...uses].map(([layer, tensors]): NetworkLayer => {
    const common = {
      name: names.of.get(layer)!,
      block: block(layer),
      trainable: layer.trainable,
      calls: tensors.map(({ inputs }) => inputs.map(reference)),
    };
    if (layer.kind === "base") {
      const base = names.renamed(layer);
      const { class_name, config, weights, weightsFile } = base;
      return {
        ...common,
        class_name,
        config,
        ...(weights.size > 0 ? { weights } : {}),
        ...(weightsFile === undefined ? {} : { weightsFile }),
      };
    }
    return { ...common, class_name: layer.class_name, config: withBatchShape(kerasConfig(layer)) };
  });
  return readEachOnce({
    name: wired.name,
    layers,
    inputs: wired.inputs.map(({ column, tensor }) => ({ column, layer: names.of.get(tensor.layer)! })),
    outputs: wired.outputs.map(({ name, tensor }) => ({ name, from: reference(tensor) })),
  });
}

/**
 * The same network with no layer that reads one tensor twice, as `layers.add().apply([x, x])` does: the second time it reads x through
 * a layer that changes nothing. TensorFlow.js lets go of such a tensor while others still need it.
 */
export function readEachOnce(network: Network): Network {
  const taken = new Set(network.layers.map(({ name }) => name));
  const copies: NetworkLayer[] = [];
  const copyOf = (layer: NetworkLayer, from: TensorReference): TensorReference => {
    let name = `${from.layer}_again`;
    for (let i = 1; taken.has(name); i++) name = `${from.layer}_again_${i}`;
    taken.add(name);
    const config = { activation: "linear" };
    const { block } = layer;
    copies.push({ name, block, class_name: "Activation", config, trainable: true, calls: [[from]] });
    return { layer: name, call: 0 };
  };
  const layers = network.layers.flatMap((layer) => {
    const calls = layer.calls.map((call) =>
      call.map((from, i) =>
        call.slice(0, i).some((one) => one.layer === from.layer && one.call === from.call)
          ? copyOf(layer, from)
          : from,
      ),
    );
    return [...copies.splice(0), { ...layer, calls }];
  });
  return { ...network, layers };
}

/** Every tensor that the outputs depend on, each after those that it reads. */
function inOrder(outputs: readonly TensorDescription[]): TensorDescription[] {
  const done = new Set<TensorDescription>();
  // An explicit stack: a network of ten thousand layers is deeper than JavaScript's own.
  const stack = outputs.toReversed().map((tensor) => ({ tensor, next: 0 }));
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const input = done.has(top.tensor) ? undefined : top.tensor.inputs[top.next++];
    if (input !== undefined) {
      if (!done.has(input)) stack.push({ tensor: input, next: 0 });
    } else {
      done.add(top.tensor);
      stack.pop();
    }
  }
  return [...done];
}

/** Keras's configuration writes the shape of the first layer with its batch axis. */
function withBatchShape(config: KerasConfig): KerasConfig {
  const shape = config["input_shape"] ?? config["shape"];
  if (!Array.isArray(shape)) return config;
  const { input_shape: _1, shape: _2, ...rest } = config;
  return { ...rest, batch_input_shape: [null, ...(shape as unknown[])] };
}

interface Names {
  readonly of: ReadonlyMap<Applicable, string>;
  renamed(base: BaseDescription): LoadedBase;
}

function nameLayers(
  layers: readonly Applicable[],
  blockOf: (layer: Applicable) => string,
  bases: ReadonlyMap<BaseDescription, LoadedBase>,
): Names {
  const of = new Map<Applicable, string>();
  const taken = new Set<string>();
  const free = (wanted: string): string => {
    let name = wanted;
    for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
    taken.add(name);
    return name;
  };

  // Names that an author chose come first: nothing else may take them.
  const chosenBy = new Map<string, string>();
  for (const layer of layers) {
    const wanted = layer.kind === "layer" ? layer.config["name"] : undefined;
    if (typeof wanted !== "string") continue;
    const block = blockOf(layer);
    if ((chosenBy.get(wanted) ?? block) !== block)
      throw new UserError(
        "duplicate-layer-name",
        `The blocks "${chosenBy.get(wanted)}" and "${block}" both name a layer "${wanted}": give one of them another name.`,
      );
    chosenBy.set(wanted, block);
    of.set(layer, free(scopeName(wanted)));
  }

  // Weights are found by the names of the layers inside a base, so a second copy of it gets new ones.
  const renamed = new Map<BaseDescription, LoadedBase>();
  for (const layer of layers) {
    if (layer.kind !== "base") continue;
    const base = bases.get(layer)!;
    const clash = leafNames(base.config).some((name) => taken.has(name));
    const used = clash ? prefixed(base, free(scopeName(blockOf(layer)))) : base;
    for (const name of leafNames(used.config)) taken.add(name);
    renamed.set(layer, used);
  }

  // The input layer of a block is `{block}_input` beside others, and counts for nothing in their names.
  const classes = new Map<string, Set<string>>();
  const className = (layer: Applicable) => (layer.kind === "layer" ? layer.class_name : "base");
  for (const layer of layers) {
    const block = blockOf(layer);
    const others = classes.get(block) ?? new Set();
    classes.set(block, className(layer) === "InputLayer" ? others : others.add(className(layer)));
  }
  for (const layer of layers) {
    if (of.has(layer)) continue;
    const block = blockOf(layer);
    const isInput = className(layer) === "InputLayer";
    const alone = classes.get(block)!.size <= (isInput ? 0 : 1);
    const kind = isInput
      ? "input"
      : className(layer)
          .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
          .toLowerCase();
    of.set(layer, free(scopeName(block === "" ? kind : alone ? block : `${block}_${kind}`)));
  }
  return { of, renamed: (base) => renamed.get(base)! };
}

/** TensorFlow's rule for names: ASCII letters, digits, `_ . -`, and no sign first. */
function scopeName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_.-]/g, "_");
  return /^[A-Za-z0-9]/.test(plain) ? plain : `layer${plain}`;
}

/** Names of all layers that hold weights of their own, at any depth. */
export function leafNames(config: KerasConfig): string[] {
  // A base that is no network of layers, but a file of its own.
  return (innerLayers(config) ?? []).flatMap((layer) =>
    NESTED.has(layer.class_name) ? leafNames(layer.config) : [nameOf(layer)],
  );
}

function prefixed(base: LoadedBase, prefix: string): LoadedBase {
  const names = new Set(leafNames(base.config));
  return {
    ...base,
    config: renameInside(base.config, (name) => (names.has(name) ? `${prefix}_${name}` : name)),
    weights: new Map([...base.weights].map(([name, values]) => [`${prefix}_${name}`, values])),
  };
}

function renameInside(config: KerasConfig, rename: (name: string) => string): KerasConfig {
  const references = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value;
    const [first, ...rest] = value as unknown[];
    return typeof first === "string" ? [rename(first), ...rest] : value.map(references);
  };
  return {
    ...config,
    layers: innerLayers(config).map((layer) => {
      const name = rename(nameOf(layer));
      const inner = NESTED.has(layer.class_name) ? renameInside(layer.config, rename) : layer.config;
      return {
        ...layer,
        ...(layer.name === undefined ? {} : { name }),
        config: { ...inner, name },
        ...(layer["inbound_nodes"] === undefined
          ? {}
          : { inbound_nodes: references(layer["inbound_nodes"]) }),
      };
    }),
    ...(config["input_layers"] === undefined ? {} : { input_layers: references(config["input_layers"]) }),
    ...(config["output_layers"] === undefined ? {} : { output_layers: references(config["output_layers"]) }),
  };
}

function nameOf(layer: InnerLayer): string {
  return layer.name ?? String(layer.config["name"]);
}
