import type { Network, NetworkLayer, TensorReference } from "../model/network.ts";
import { layerConfig, NESTED } from "../model/network.ts";
import { UserError } from "../protocol/index.ts";
import { correctForTraining } from "./corrections.ts";
import { randomStream, withRandomness } from "./random.ts";
import { readableError } from "./readable-error.ts";
import { addActivityPenalty } from "./tensorflow/activity-penalties.ts";
import {
  tf,
  type LayersModel,
  type NamedTensorMap,
  type SymbolicTensor,
  type Tensor,
  type layers,
} from "./tensorflow/index.ts";
import { rememberDescription } from "./tensorflow/weight-rules.ts";

type Layer = layers.Layer;

/** A network in TensorFlow.js: its layers with their weights, and the tensors between them. */
export interface Realised {
  readonly network: Network;
  readonly layers: ReadonlyMap<string, Layer>;
  /** Raw inputs to outputs, the whole of it. */
  readonly model: LayersModel;
  /** The symbolic output of one application of a layer. */
  tensor(reference: TensorReference): SymbolicTensor;
}

/**
 * Builds a network layer by layer. Weights are drawn from the run's seed and the layer's name, so that another
 * layer beside it changes nothing; a base gets the weights that it comes with.
 *
 * @throws UserError naming the block whose layer cannot be built, in the author's terms.
 */
export function realise(network: Network, seed: number): Realised {
  const instances = new Map<string, Layer>();
  const outputs = new Map<string, SymbolicTensor[]>();
  const tensor = ({ layer, call }: TensorReference): SymbolicTensor => outputs.get(layer)![call]!;

  // A layer that is applied several times may be applied between applications of others: tensor by tensor.
  for (const { layer, call } of applications(network)) {
    const described = layer.calls[call]!;
    try {
      withRandomness(randomStream(seed, "weights", layer.name), () => {
        let instance = instances.get(layer.name);
        if (instance === undefined) {
          instance = createLayer(layer);
          instances.set(layer.name, instance);
          outputs.set(layer.name, []);
        }
        const output = applyLayer(instance, described.map(tensor));
        refuseEmpty(layer, output.shape);
        outputs.get(layer.name)!.push(output);
        if (call === 0 && layer.weights !== undefined) loadWeights(layer, instance);
      });
    } catch (error) {
      throw readableError(
        layer,
        described.map((from) => tensor(from).shape),
        error,
      );
    }
  }
  const model = tf.model({
    inputs: network.inputs.map(({ layer }) => tensor({ layer, call: 0 })),
    outputs: network.outputs.map(({ from }) => tensor(from)),
    name: network.name.replaceAll(/[^A-Za-z0-9_.-]/g, "_"),
  });
  return { network, layers: instances, model, tensor };
}

/** Every application of every layer, each after those that it reads. */
export function applications(network: Network): { readonly layer: NetworkLayer; readonly call: number }[] {
  const key = (layer: string, call: number) => `${call}:${layer}`;
  const waiting = network.layers.flatMap((layer) => layer.calls.map((_, call) => ({ layer, call })));
  const done = new Set<string>();
  const order: typeof waiting = [];
  while (order.length < waiting.length) {
    const before = order.length;
    for (const one of waiting) {
      const { layer, call } = one;
      if (done.has(key(layer.name, call))) continue;
      if (call > 0 && !done.has(key(layer.name, call - 1))) continue;
      if (!layer.calls[call]!.every((from) => done.has(key(from.layer, from.call)))) continue;
      done.add(key(layer.name, call));
      order.push(one);
    }
    if (order.length === before) throw new Error(`The network ${network.name} has a cycle.`);
  }
  return order;
}

/** A layer of TensorFlow.js from Keras's configuration. */
function createLayer(layer: NetworkLayer): Layer {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const found = known[layer.class_name];
  if (found === undefined)
    throw new UserError(
      "unknown-layer-class",
      `Block "${layer.block}": TensorFlow.js has no layer ${layer.class_name}, so KSpec cannot build it in this version.`,
    );
  const [constructor, fromConfig] = found;
  const config = camelCased(layerConfig(layer)) as Parameters<typeof fromConfig>[1];
  if (layer.class_name !== "InputLayer") delete config["batchInputShape"];
  if (NESTED.has(layer.class_name)) config["customObjects"] = {};
  // A base that brings its weights starts with zeros: drawing millions of numbers takes longer than reading them.
  const given = layer.weights !== undefined;
  const create = fromConfig as (...args: [unknown, unknown, object, boolean]) => unknown;
  const instance = create(constructor, config, {}, given) as Layer;
  if (given) instance.setFastWeightInitDuringBuild(true);
  correctForTraining(instance, layer.trainable, layer.inference);
  addActivityPenalty(instance);
  rememberDescription(instance, layer);
  return instance;
}

export function applyLayer(instance: Layer, inputs: readonly SymbolicTensor[]): SymbolicTensor {
  if (inputs.length === 0)
    return (instance as unknown as { inboundNodes: { outputTensors: SymbolicTensor[] }[] }).inboundNodes[0]!
      .outputTensors[0]!;
  const result = instance.apply(inputs.length === 1 ? inputs[0]! : [...inputs]) as
    SymbolicTensor | SymbolicTensor[];
  if (!Array.isArray(result)) return result;
  if (result.length === 1) return result[0]!;
  throw new UserError(
    "several-outputs",
    `The layer ${instance.name} gives ${result.length} tensors, and a block gives one: turn returnState off, or cut the base after one layer (up_to).`,
  );
}

/** A window that is larger than the image: TensorFlow.js would build it, and fail when it computes. */
function refuseEmpty(
  { block, name, class_name, config }: NetworkLayer,
  shape: readonly (number | null)[],
): void {
  if (shape.every((extent) => extent === null || extent > 0)) return;
  const window = config["kernel_size"] ?? config["pool_size"];
  throw new UserError(
    "layer-does-not-fit",
    `${block === "" ? `Layer ${name}` : `Block "${block}"`}: nothing is left of what ${class_name} gets${window === undefined ? "" : ` (its window is ${shownSize(window)})`}. Make its window smaller, use padding: "same", or give it larger inputs.`,
  );
}

function shownSize(size: unknown): string {
  return Array.isArray(size) ? size.join("×") : String(size);
}

function loadWeights(layer: NetworkLayer, instance: Layer): void {
  if (NESTED.has(layer.class_name)) loadBase(layer, instance);
  else loadOwn(layer, instance);
}

/** The weights of one layer that was opened out of a base. */
function loadOwn({ name, block, weights }: NetworkLayer, instance: Layer): void {
  const tensors: Tensor[] = [];
  try {
    for (const { originalName, shape } of instance.weights) {
      const found = weights!.get(originalName);
      if (found === undefined || found.shape.join() !== shape.join())
        throw new UserError(
          "weights-mismatch",
          `Block "${block}": the weights of the base do not fit its layers (${name} needs ${originalName} of shape [${shape.join(", ")}]${found === undefined ? ", and it is not there" : `, and it is [${found.shape.join(", ")}]`}). Copy or convert the model again, or give the base inputs of the shape that it was made for.`,
        );
      tensors.push(tf.tensor(found.values, [...found.shape], found.dtype));
    }
    instance.setWeights(tensors);
  } finally {
    tf.dispose(tensors);
  }
}

function loadBase(layer: NetworkLayer, instance: Layer): void {
  const named: NamedTensorMap = {};
  for (const [name, { values, shape, dtype }] of layer.weights!)
    named[name] = tf.tensor(values, [...shape], dtype);
  try {
    (instance as unknown as LayersModel).loadWeights(named, true);
  } catch (error) {
    throw new UserError(
      "weights-mismatch",
      `Block "${layer.block}": the weights of the base do not fit its layers (${String((error as Error).message).split("\n")[0]}). Copy or convert the model again.`,
      { cause: error },
    );
  } finally {
    tf.dispose(named);
  }
}

/**
 * Keras's snake_case as TensorFlow.js's constructors take it. Names of layers stay as they are; other texts
 * are names of functions or modes, which TensorFlow.js writes in camelCase too.
 */
export function camelCased(value: unknown, key = ""): unknown {
  if (typeof value === "string") return key === "name" || key === "className" ? value : camel(value);
  if (Array.isArray(value)) {
    const reference = key === "inboundNodes" || key === "inputLayers" || key === "outputLayers";
    return value.map((item: unknown, i) =>
      reference && i === 0 && typeof item === "string" ? item : camelCased(item, key),
    );
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([inner, content]) => {
      const name = camel(inner);
      return [name, camelCased(content, name)];
    }),
  );
}

function camel(text: string): string {
  return text.length < 2 ? text : text.replaceAll(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
}
