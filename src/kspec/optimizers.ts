import type { KerasObjectDescription } from "./description.ts";
import { kerasClass, kerasObjects } from "./keras-object.ts";

/** How weights move down the gradient: `optimizers.sgd({ learningRate: 0.01, momentum: 0.9 })`. */
export interface Optimizer extends KerasObjectDescription {
  readonly kind: "optimizer";
}

/** An optimizer by Keras's name; it takes `learn_rate`. */
export type OptimizerName = "adam" | "sgd" | "rmsprop" | "adagrad" | "adadelta" | "adamax";

export interface LearningRateOptions {
  /** Default: the model's `learn_rate`, which is 0.01. */
  learningRate?: number;
}
export interface SgdOptions extends LearningRateOptions {
  /** Share of the last step that is kept. Default 0. */
  momentum?: number;
  /** Nesterov's momentum. Default false. */
  nesterov?: boolean;
}
export interface AdamOptions extends LearningRateOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  beta1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  beta2?: number;
  /** Keeps the division away from zero. Default 1e-7. */
  epsilon?: number;
}
export interface AdamaxOptions extends AdamOptions {
  /** Decay of the learning rate at each step. Default 0. */
  decay?: number;
}
export interface RmspropOptions extends LearningRateOptions {
  /** Decay of the mean of squared gradients. Default 0.9. */
  decay?: number;
  /** Share of the last step that is kept. Default 0. */
  momentum?: number;
  /** Default 1e-7. */
  epsilon?: number;
  /** Divides by the variance of gradients instead of their mean square. Default false. */
  centered?: boolean;
}
export interface AdagradOptions extends LearningRateOptions {
  /** What the sum of squared gradients starts at. Default 0.1. */
  initialAccumulatorValue?: number;
}
export interface AdadeltaOptions extends LearningRateOptions {
  /** Decay of both means. Default 0.95. */
  rho?: number;
  /** Default 1e-7. */
  epsilon?: number;
}

export interface Optimizers {
  /** Adaptive moments: the default of KSpec. */
  adam(options?: AdamOptions): Optimizer;
  /** Adam with the largest gradient instead of the mean square. */
  adamax(options?: AdamaxOptions): Optimizer;
  /** Plain gradient descent, with momentum when asked. */
  sgd(options?: SgdOptions): Optimizer;
  /** Steps divided by a running mean of squared gradients. */
  rmsprop(options?: RmspropOptions): Optimizer;
  /** Steps that shrink with all gradients so far. */
  adagrad(options?: AdagradOptions): Optimizer;
  /** Adagrad over a window of gradients. */
  adadelta(options?: AdadeltaOptions): Optimizer;
}

const rate = { learningRate: "optional" } as const;
const adam = { ...rate, beta1: "optional", beta2: "optional", epsilon: "optional" } as const;

/** Optimizers with options, for `compile_optimizer`. */
export const optimizers: Optimizers = kerasObjects<Optimizers>("optimizers", "optimizer", {
  adam: kerasClass<AdamOptions>("Adam", adam),
  adamax: kerasClass<AdamaxOptions>("Adamax", { ...adam, decay: "optional" }),
  sgd: kerasClass<SgdOptions>("SGD", { ...rate, momentum: "optional", nesterov: "optional" }),
  rmsprop: kerasClass<RmspropOptions>("RMSprop", {
    ...rate,
    decay: "optional",
    momentum: "optional",
    epsilon: "optional",
    centered: "optional",
  }),
  adagrad: kerasClass<AdagradOptions>("Adagrad", { ...rate, initialAccumulatorValue: "optional" }),
  adadelta: kerasClass<AdadeltaOptions>("Adadelta", { ...rate, rho: "optional", epsilon: "optional" }),
});
