/**
 * A network as data: Keras's functional configuration, layer by layer, with the block that made each.
 * Building, saving and loading share this form; nothing in it computes.
 */
export interface Network {
  readonly name: string;
  /** Each layer once, in an order in which they can be built. */
  readonly layers: readonly NetworkLayer[];
  /** Input layers, in the order of `Baked.inputs`. */
  readonly inputs: readonly { readonly column: string; readonly layer: string }[];
  /** `name` is the outcome, or "output" when one output serves all outcomes. */
  readonly outputs: readonly { readonly name: string; readonly from: TensorReference }[];
}

export interface NetworkLayer {
  readonly name: string;
  /** The layer block that made it; "" where nobody knows any more (a loaded model). */
  readonly block: string;
  /** Keras's class name; a base is "Functional" or "Sequential". */
  readonly class_name: string;
  /** In Keras's own form (snake_case), without `name` and `trainable`. */
  readonly config: KerasConfig;
  readonly trainable: boolean;
  /** It runs in inference mode also while the network is trained: it was opened out of a base that is frozen as a whole. */
  readonly inference?: boolean;
  /** What it is applied to, once for each application: applying a layer twice shares its weights. */
  readonly calls: readonly (readonly TensorReference[])[];
  /** Trained weights that it starts with, by Keras's names (`conv2d/kernel`); absent: initialised. */
  readonly weights?: ReadonlyMap<string, WeightValues>;
  /** Of a base: the file in which these weights, and no others, lie one after the other. */
  readonly weightsFile?: WeightsFile;
  /** Stands for `weights` where they are compared; absent: their values do. */
  readonly weightsKey?: string;
}

/** Weights on disk as a saved model has them: float32, in the order of their map. */
export interface WeightsFile {
  readonly path: string;
  /** 32 hexadecimal digits of what they were read from. */
  readonly digest: string;
}

/** The output of one application of a layer. */
export interface TensorReference {
  readonly layer: string;
  /** Which application, from 0. */
  readonly call: number;
}

export type KerasConfig = Readonly<Record<string, unknown>>;

export interface WeightValues {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** Layers that are networks themselves. */
export const NESTED: ReadonlySet<string> = new Set(["Functional", "Model", "Sequential"]);

/**
 * The network as `keras.Model.to_json` and TensorFlow.js write it: what `tf.loadLayersModel` reads.
 */
export function kerasTopology(network: Network): KerasConfig {
  const nested = new Set(
    network.layers.filter((layer) => NESTED.has(layer.class_name)).map(({ name }) => name),
  );
  // A nested network's own graph is its application 0 in Keras's count.
  const reference = ({ layer, call }: TensorReference) => [layer, nested.has(layer) ? call + 1 : call, 0];
  return {
    class_name: "Functional",
    keras_version: "2.15.0",
    backend: "tensorflow",
    config: {
      name: network.name,
      layers: network.layers.map((layer) => ({
        name: layer.name,
        class_name: layer.class_name,
        config: layerConfig(layer),
        inbound_nodes: layer.calls
          .filter((call) => call.length > 0)
          .map((call) => call.map((from) => [...reference(from), {}])),
      })),
      input_layers: network.inputs.map(({ layer }) => [layer, 0, 0]),
      output_layers: network.outputs.map(({ from }) => reference(from)),
    },
  };
}

/** A layer's `config` as Keras writes it. */
export function layerConfig({ name, class_name, config, trainable }: NetworkLayer): KerasConfig {
  if (!NESTED.has(class_name)) return { ...config, name, trainable };
  return { ...(trainable ? config : frozenConfig(config)), name };
}

/** A network's configuration with every layer in it frozen, as Keras does on `base.trainable = false`. */
function frozenConfig(config: KerasConfig): KerasConfig {
  return { ...config, layers: innerLayers(config).map((layer) => frozenLayer(layer)) };
}

function frozenLayer(layer: InnerLayer): InnerLayer {
  if (NESTED.has(layer.class_name)) return { ...layer, config: frozenConfig(layer.config) };
  return { ...layer, config: { ...layer.config, trainable: false } };
}

export interface InnerLayer {
  readonly name?: string;
  readonly class_name: string;
  readonly config: KerasConfig;
  readonly [key: string]: unknown;
}

export function innerLayers(config: KerasConfig): readonly InnerLayer[] {
  return config["layers"] as readonly InnerLayer[];
}
