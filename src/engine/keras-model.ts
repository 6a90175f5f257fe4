import type { LayerSlots } from "../model/applications/network-builder.ts";
import type { LoadedBase } from "../model/assemble.ts";
import { innerLayers, NESTED, type KerasConfig } from "../model/network.ts";
import { readKerasModel } from "../model/weights/keras-model.ts";
import { UserError } from "../protocol/index.ts";
import { camelCased } from "./realise.ts";
import { tf, type LayersModel, type layers } from "./tensorflow/index.ts";

type Layer = layers.Layer;

/**
 * A model that Keras saved (`.keras`, `.h5`), with its weights. Which weights its layers have, and in which shapes, is asked of
 * the built model.
 *
 * @throws UserError when it is missing or damaged, when its weights do not fit its layers, and for a layer that TensorFlow.js
 *   does not have: which layer, of which class.
 */
export async function loadKerasModel(file: string): Promise<LoadedBase> {
  const { class_name, config, weights } = await readKerasModel(file);
  refuseUnknownClasses(config, file);
  const model = build(class_name, config, file);
  try {
    const slots = model.layers.map(slotsOf).filter(({ weights }) => weights.length > 0);
    return { class_name, config, weights: await weights({ config, slots, leaves: leavesOf(model.layers) }) };
  } finally {
    model.dispose();
  }
}

function refuseUnknownClasses(config: KerasConfig, file: string): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  for (const { class_name, config: inner, name } of innerLayers(config)) {
    if (NESTED.has(class_name)) refuseUnknownClasses(inner, file);
    else if (known[class_name] === undefined)
      throw new UserError(
        "unknown-layer-class",
        `${file}: layer ${name ?? String(inner["name"])} is of the class ${class_name}, which KSpec does not have. Cut the model before it in Keras, or use another base.`,
      );
  }
}

/** The model with zeros for weights. */
function build(class_name: string, config: KerasConfig, file: string): LayersModel {
  const [constructor, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[class_name]!;
  const create = fromConfig as (...args: [unknown, unknown, object, boolean]) => unknown;
  try {
    const model = create(constructor, camelCased(config), {}, true) as LayersModel;
    if (model.inputs?.length > 0) return model;
  } catch (error) {
    throw new UserError(
      "model-format",
      `${file}: its layers cannot be put together (${String((error as Error).message).split("\n")[0]}). Save the model with Keras again.`,
      { cause: error },
    );
  }
  throw new UserError(
    "model-format",
    `${file} holds a Sequential model whose input shape nobody has said. Build it in Keras (model.build or keras.Input) and save it again.`,
  );
}

/** Weights as Keras's files order them: those that can be trained first. */
function slotsOf(layer: Layer): LayerSlots {
  const weights = [...layer.trainableWeights, ...layer.nonTrainableWeights];
  return {
    layer: layer.name,
    class_name: layer.getClassName(),
    weights: weights.map(({ originalName, shape, dtype }) => ({
      name: originalName,
      shape: shape as number[],
      dtype: dtype === "int32" ? "int32" : "float32",
    })),
  };
}

function leavesOf(all: readonly Layer[]): LayerSlots[] {
  return all.flatMap((layer) => {
    const inner = (layer as { layers?: Layer[] }).layers;
    if (NESTED.has(layer.getClassName()) && Array.isArray(inner)) return leavesOf(inner);
    const slots = slotsOf(layer);
    return slots.weights.length === 0 ? [] : [slots];
  });
}
