import { tf, type Tensor } from "../tensorflow/index.ts";
import type { TensorMath } from "../tensor-math.ts";

/** What training makes small, and what must be done to the outputs before they are probabilities. */
export interface Loss {
  /** Keras's class name, or that of a function of the spec. */
  readonly name: string;
  /**
   * One value for each row from truth and estimate of equal shape, rows first; or more, which are averaged;
   * or, of a loss that looks at a batch as a whole, one value without axes.
   */
  perRow<T>(math: TensorMath<T>, truth: T, estimate: T): T;
  /** A function of the spec, or a registered one. It is written with TensorFlow.js, so the native engine has to refuse it. */
  readonly custom?: CustomFunction;
  readonly link: Link;
  /** It looks at a batch as a whole, so rows cannot be weighed. A function of the spec that does is known by what it gives. */
  readonly ofBatch?: boolean;
}

/** "none" when the head has its activation; else the one that the loss applies by itself (`fromLogits`). */
export type Link = "none" | "softmax" | "sigmoid";

/** A loss or metric of the spec's own, as TensorFlow.js computes it. */
export type CustomFunction = (truth: Tensor, estimate: Tensor) => Tensor;

/** A loss that is a function of the spec; `perRow` computes it with TensorFlow.js's mathematics, and no other. */
export function customLoss(name: string, custom: CustomFunction): Loss {
  return { name, perRow: computed(custom), custom, link: "none" };
}

/** What a function of the spec gives, in the mathematics that it is written in. */
export function computed(custom: CustomFunction): Loss["perRow"] {
  return <T>(_: TensorMath<T>, truth: T, estimate: T): T => {
    if (!(truth instanceof tf.Tensor) || !(estimate instanceof tf.Tensor))
      throw new Error("A function of the spec is computed by TensorFlow.js alone.");
    return custom(truth as Tensor, estimate as Tensor) as T;
  };
}

/** Applies the activation that a `fromLogits` loss keeps to itself. */
export function linked<T>(math: TensorMath<T>, link: Link, output: T): T {
  if (link === "none") return output;
  return link === "sigmoid" ? math.sigmoid(output) : math.softmax(output);
}
