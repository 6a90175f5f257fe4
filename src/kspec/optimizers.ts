import type { KerasObjectDescription } from "./description.ts";
import { kerasClass, kerasObjects } from "./keras-object.ts";
import type { Schedule } from "./schedules.ts";

/** How weights move down the gradient: `optimizers.sgd({ learningRate: 0.01, momentum: 0.9 })`. */
export interface Optimizer extends KerasObjectDescription {
  readonly kind: "optimizer";
}

/** An optimizer by Keras's name; it takes `learn_rate`. */
export type OptimizerName =
  "adam" | "adamw" | "adamax" | "nadam" | "sgd" | "rmsprop" | "adagrad" | "adadelta" | "lion" | "ftrl";

/** What every optimizer takes. Of `clipnorm`, `globalClipnorm` and `clipvalue` one can be given. */
export interface OptimizerOptions {
  /** A number or a schedule. Default: the model's `learn_rate`, which is 0.01. */
  learningRate?: number | Schedule;
  /** Share of each weight, times the learning rate, that is taken off at each step. Default: none; of `adamw` 0.004. */
  weightDecay?: number;
  /** No gradient's norm is larger. */
  clipnorm?: number;
  /** The norm of all gradients together is no larger. */
  globalClipnorm?: number;
  /** No entry of a gradient is further from 0. */
  clipvalue?: number;
}
export interface SgdOptions extends OptimizerOptions {
  /** Share of the last step that is kept. Default 0. */
  momentum?: number;
  /** Nesterov's momentum. Default false. */
  nesterov?: boolean;
}
export interface MomentsOptions extends OptimizerOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  beta1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  beta2?: number;
  /** Keeps the division away from zero. Default 1e-7. */
  epsilon?: number;
}
export interface AdamOptions extends MomentsOptions {
  /** Divides by the largest mean of squared gradients so far. Default false. */
  amsgrad?: boolean;
}
export interface AdamaxOptions extends MomentsOptions {
  /** Decay of the learning rate at each step. Default 0. */
  decay?: number;
}
export interface LionOptions extends OptimizerOptions {
  /** Share of the momentum in a step's direction. Default 0.9. */
  beta1?: number;
  /** Decay of the momentum. Default 0.99. */
  beta2?: number;
}
export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the mean of squared gradients. Default 0.9. */
  rho?: number;
  /** TensorFlow.js's name of `rho`. */
  decay?: number;
  /** Share of the last step that is kept. Default 0. */
  momentum?: number;
  /** Default 1e-7. */
  epsilon?: number;
  /** Divides by the variance of gradients instead of their mean square. Default false. */
  centered?: boolean;
}
export interface AdagradOptions extends OptimizerOptions {
  /** What the sum of squared gradients starts at. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Default 1e-7. */
  epsilon?: number;
}
export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of both means. Default 0.95. */
  rho?: number;
  /** Default 1e-7. */
  epsilon?: number;
}
export interface FtrlOptions extends OptimizerOptions {
  /** How the learning rate falls with the sum of squared gradients; 0 or less. Default -0.5. */
  learningRatePower?: number;
  /** What the sum of squared gradients starts at. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Default 0. */
  l1RegularizationStrength?: number;
  /** Default 0. */
  l2RegularizationStrength?: number;
  /** A penalty on gradients instead of weights. Default 0. */
  l2ShrinkageRegularizationStrength?: number;
  /** Default 0. */
  beta?: number;
}

export interface Optimizers {
  /** Adaptive moments: the default of KSpec. */
  adam(options?: AdamOptions): Optimizer;
  /** Adam that makes weights smaller at each step, beside the gradient. */
  adamw(options?: AdamOptions): Optimizer;
  /** Adam with the largest gradient instead of the mean square. */
  adamax(options?: AdamaxOptions): Optimizer;
  /** Adam with Nesterov's momentum. */
  nadam(options?: MomentsOptions): Optimizer;
  /** Plain gradient descent, with momentum when asked. */
  sgd(options?: SgdOptions): Optimizer;
  /** Steps divided by a running mean of squared gradients. */
  rmsprop(options?: RmspropOptions): Optimizer;
  /** Steps that shrink with all gradients so far. */
  adagrad(options?: AdagradOptions): Optimizer;
  /** Adagrad over a window of gradients. */
  adadelta(options?: AdadeltaOptions): Optimizer;
  /** Steps of one size, in the direction of a momentum; it wants a learning rate three to ten times smaller than Adam's. */
  lion(options?: LionOptions): Optimizer;
  /** "Follow the regularised leader", for sparse features and weights that shall be zero. */
  ftrl(options?: FtrlOptions): Optimizer;
}

const every = {
  learningRate: "optional",
  weightDecay: "optional",
  clipnorm: "optional",
  globalClipnorm: "optional",
  clipvalue: "optional",
} as const;
const moments = { ...every, beta1: "optional", beta2: "optional", epsilon: "optional" } as const;
const adam = { ...moments, amsgrad: "optional" } as const;

/** Optimizers with options, for `compile_optimizer`. */
export const optimizers: Optimizers = kerasObjects<Optimizers>("optimizers", "optimizer", {
  adam: kerasClass<AdamOptions>("Adam", adam),
  adamw: kerasClass<AdamOptions>("AdamW", adam),
  adamax: kerasClass<AdamaxOptions>("Adamax", { ...moments, decay: "optional" }),
  nadam: kerasClass<MomentsOptions>("Nadam", moments),
  sgd: kerasClass<SgdOptions>("SGD", { ...every, momentum: "optional", nesterov: "optional" }),
  rmsprop: kerasClass<RmspropOptions>("RMSprop", {
    ...every,
    rho: "optional",
    decay: "optional",
    momentum: "optional",
    epsilon: "optional",
    centered: "optional",
  }),
  adagrad: kerasClass<AdagradOptions>("Adagrad", {
    ...every,
    initialAccumulatorValue: "optional",
    epsilon: "optional",
  }),
  adadelta: kerasClass<AdadeltaOptions>("Adadelta", { ...every, rho: "optional", epsilon: "optional" }),
  lion: kerasClass<LionOptions>("Lion", { ...every, beta1: "optional", beta2: "optional" }),
  ftrl: kerasClass<FtrlOptions>("Ftrl", {
    ...every,
    learningRatePower: "optional",
    initialAccumulatorValue: "optional",
    l1RegularizationStrength: "optional",
    l2RegularizationStrength: "optional",
    l2ShrinkageRegularizationStrength: "optional",
    beta: "optional",
  }),
});
