import type { Tensor, TensorFlow } from "./index.ts";
import { activated } from "./logits.ts";

/**
 * Functions of Keras 3 that TensorFlow.js 4.22 lacks, under their names as activations, and its hard sigmoid, which is still
 * that of Keras 2 (0.2 · x + 0.5): here that one is called keras2HardSigmoid. Softmax and sigmoid are its own, but remember their
 * arguments for the loss.
 */
export function registerKerasActivations(tf: TensorFlow): void {
  const hardSigmoid = (x: Tensor) => tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6);
  const silu = (x: Tensor) => tf.mul(x, tf.sigmoid(x));
  const hardSilu = (x: Tensor) => tf.mul(x, hardSigmoid(x));
  const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    hardSigmoid,
    keras2HardSigmoid: (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
    silu,
    hardSilu,
    hardSwish: hardSilu,
    leakyRelu: (x) => tf.leakyRelu(x, 0.2),
    exponential: (x) => tf.exp(x),
    hardTanh: (x) => tf.clipByValue(x, -1, 1),
    // TensorFlow.js's own loses its argument before its gradient asks for it.
    logSigmoid: (x) => tf.neg(tf.softplus(tf.neg(x))),
  };
  for (const [name, compute] of Object.entries(functions)) {
    class Activation extends tf.serialization.Serializable {
      static readonly className = name;
      apply(x: Tensor): Tensor {
        return tf.tidy(() => compute(x));
      }
      getConfig(): Record<string, never> {
        return {};
      }
    }
    tf.serialization.registerClass(Activation);
  }
  for (const name of ["softmax", "sigmoid"] as const) {
    class Activation extends tf.serialization.Serializable {
      static readonly className = name;
      apply(x: Tensor): Tensor {
        return activated(tf, name, x);
      }
      getConfig(): Record<string, never> {
        return {};
      }
    }
    tf.serialization.registerClass(Activation);
  }
}
