import { NESTED } from "../model/network.ts";
import { tf, type Tensor, type layers } from "./tensorflow/index.ts";
import { correctRecurrentDropout } from "./tensorflow/recurrent-dropout.ts";

type Layer = layers.Layer;
type Call = (inputs: Tensor | Tensor[], kwargs: Record<string, unknown>) => Tensor | Tensor[];

/**
 * Makes a layer of TensorFlow.js 4.22 train as Keras's does:
 *
 * - a frozen layer or base runs in inference mode: batch normalisation with its moving averages, which stay;
 * - batch normalisation without scale or without centre can be trained (TensorFlow.js reads weights that are not there);
 * - recurrent layers drop out as Keras's do, with the run's own random numbers.
 */
export function correctForTraining(layer: Layer, trainable: boolean, inference = false): void {
  const inner = (layer as { layers?: Layer[] }).layers;
  // Loaded layers may be frozen one by one.
  if (Array.isArray(inner)) for (const one of inner) correctForTraining(one, trainable && one.trainable);
  const name = layer.getClassName();
  if (inference || (NESTED.has(name) && !trainable)) inferenceOnly(layer);
  if (name === "BatchNormalization")
    trainBatchNormalization(layer as BatchNormalization, trainable && !inference);
  correctRecurrentDropout(layer);
  // One that draws by itself would repeat its numbers in each step.
  if ("seed" in layer) (layer as { seed?: unknown }).seed = undefined;
  const wrapped = layer as { layer?: Layer; forwardLayer?: Layer; backwardLayer?: Layer };
  for (const one of [wrapped.layer, wrapped.forwardLayer, wrapped.backwardLayer])
    if (one !== undefined) {
      // What holds it says whether it is frozen, and TensorFlow.js asks the one that is held.
      if (!trainable) one.trainable = false;
      correctForTraining(one, trainable);
    }
}

/**
 * A frozen base runs in inference mode as a whole, once for each row: also a dropout in it is off then. (A dropout of a
 * block's own has nothing to freeze and stays active, as in Keras.)
 */
function inferenceOnly(layer: Layer): void {
  const call = layer.call.bind(layer) as Call;
  (layer as { call: Call }).call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
}

/** What the class keeps; all of it is public at run time. */
interface BatchNormalization extends Layer {
  axis: number;
  momentum: number;
  epsilon: number;
  gamma?: Weight | null;
  beta?: Weight | null;
  movingMean: Weight;
  movingVariance: Weight;
}
interface Weight {
  read(): Tensor;
  write(value: Tensor): void;
}

/**
 * Keras's batch normalisation in training: the batch's own mean and (population) variance, averages moved by `momentum`; frozen, with its
 * averages.
 */
function trainBatchNormalization(layer: BatchNormalization, trainable: boolean): void {
  const inference = layer.call.bind(layer) as Call;
  (layer as { call: Call }).call = (inputs, kwargs) => {
    const learns = kwargs["training"] === true && trainable;
    // Without scale its gradient asks for one, also of what lies before a layer that is frozen.
    if (!learns && layer.gamma) return inference(inputs, { ...kwargs, training: false });
    return tf.tidy(() => {
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      const axis = layer.axis < 0 ? layer.axis + input.rank : layer.axis;
      const others = input.shape.map((_, i) => i).filter((i) => i !== axis);
      const { mean, variance } = learns
        ? tf.moments(input, others)
        : { mean: layer.movingMean.read(), variance: layer.movingVariance.read() };
      if (learns) {
        move(layer.movingMean, mean, layer.momentum);
        move(layer.movingVariance, variance, layer.momentum);
      }

      const shape = input.shape.map((extent, i) => (i === axis ? extent : 1));
      let scale: Tensor = tf.rsqrt(tf.add(variance, layer.epsilon));
      if (layer.gamma) scale = tf.mul(scale, layer.gamma.read());
      let shift: Tensor = tf.neg(tf.mul(mean, scale));
      if (layer.beta) shift = tf.add(shift, layer.beta.read());
      // One product and one sum over the whole batch, which is what costs.
      return tf.add(tf.mul(input, tf.reshape(scale, shape)), tf.reshape(shift, shape));
    });
  };
}

function move(average: Weight, value: Tensor, momentum: number): void {
  const before = average.read();
  average.write(tf.add(tf.mul(before, momentum), tf.mul(value, 1 - momentum)));
}
