import { constrained } from "../constraints.ts";
import { penaltyOf } from "../penalties.ts";
import { weightOptions, type DescribedLayer } from "../weight-options.ts";
import { tf, type LayersModel, type Tensor, type Variable, type layers } from "./index.ts";
import { tensorflowMath } from "./tensor-math.ts";

// TensorFlow.js 4.22 passes over the regularizers of recurrent layers and the constraints of some others, so regularizers and
// constraints are read from the configuration here, as the native engine does.

const descriptions = new WeakMap<layers.Layer, DescribedLayer>();

/** Keeps what a layer was made from: TensorFlow.js's own account of it leaves out options that it does not know. */
export function rememberDescription(layer: layers.Layer, description: DescribedLayer): void {
  descriptions.set(layer, description);
}

/** What regularizers add to the loss, once for each weight that is trained. */
export function weightPenalties(network: LayersModel): () => Tensor[] {
  const found = trainedWeights(network).filter(({ regularizer }) => regularizer !== undefined);
  return () =>
    found.flatMap(
      ({ variable, regularizer }) => penaltyOf<Tensor>(tensorflowMath, regularizer, variable()) ?? [],
    );
}

/** Brings weights that are trained to what constraints ask of them, after a step. */
export function weightConstraints(network: LayersModel): () => void {
  const found = trainedWeights(network).filter(({ constraint }) => constraint !== undefined);
  return () =>
    tf.tidy(() => {
      for (const { variable, constraint } of found)
        variable().assign(constrained<Tensor>(tensorflowMath, constraint, variable())!);
    });
}

function trainedWeights(network: LayersModel) {
  return network.layers.flatMap((layer) => {
    const described = descriptions.get(layer) ?? {
      class_name: layer.getClassName(),
      config: layer.getConfig(),
    };
    return layer.trainableWeights.map((weight) => ({
      variable: () => weight.read() as Variable,
      ...weightOptions(described, weight.originalName.slice(layer.name.length + 1)),
    }));
  });
}
