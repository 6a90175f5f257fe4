import type { KerasObjectDescription } from "./description.ts";
import { kerasClass, kerasObjects } from "./keras-object.ts";

/** A learning rate that changes from step to step: `schedules.cosineDecay({ initialLearningRate: 0.01, decaySteps: 500 })`. */
export interface Schedule extends KerasObjectDescription {
  readonly kind: "schedule";
}

export interface InitialOptions {
  /** The learning rate of the first step. */
  initialLearningRate: number;
}
export interface DecayOptions extends InitialOptions {
  /** Steps over which it falls once; an epoch has as many steps as batches. */
  decaySteps: number;
}
export interface RateDecayOptions extends DecayOptions {
  /** How much it falls in `decaySteps` steps. */
  decayRate: number;
  /** Falls at once after each `decaySteps` steps, instead of a little at each. Default false. */
  staircase?: boolean;
}
export interface PiecewiseConstantDecayOptions {
  /** Steps, counted from 0, after which the next value holds; they rise. */
  boundaries: readonly number[];
  /** Learning rates, one more than boundaries. */
  values: readonly number[];
}
export interface PolynomialDecayOptions extends DecayOptions {
  /** The learning rate at the end. Default 0.0001. */
  endLearningRate?: number;
  /** 1 is a straight line, which is the default. */
  power?: number;
  /** Begins anew, over a longer time, instead of staying at the end. Default false. */
  cycle?: boolean;
}
export interface CosineDecayOptions extends DecayOptions {
  /** Share of the learning rate that is left at the end. Default 0. */
  alpha?: number;
  /** What it rises to, from `initialLearningRate`, before it falls. Default: it does not rise. */
  warmupTarget?: number;
  /** Steps of rising. Default 0. */
  warmupSteps?: number;
}
export interface CosineDecayRestartsOptions extends InitialOptions {
  /** Steps until it begins anew for the first time. */
  firstDecaySteps: number;
  /** How many times longer each period is than the one before. Default 2. */
  tMul?: number;
  /** How many times higher each period begins than the one before. Default 1. */
  mMul?: number;
  /** Share of the learning rate that is left at the end of a period. Default 0. */
  alpha?: number;
}

export interface Schedules {
  /** `initialLearningRate` × `decayRate` ^ (step / `decaySteps`). */
  exponentialDecay(options: RateDecayOptions): Schedule;
  /** `initialLearningRate` / (1 + `decayRate` × step / `decaySteps`). */
  inverseTimeDecay(options: RateDecayOptions): Schedule;
  /** One value after the other. */
  piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule;
  /** Down to `endLearningRate` along a power of the steps that are left. */
  polynomialDecay(options: PolynomialDecayOptions): Schedule;
  /** Down along half a wave of the cosine, after a rise when that is asked. */
  cosineDecay(options: CosineDecayOptions): Schedule;
  /** Down along half a wave of the cosine, again and again. */
  cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule;
}

const decay = { initialLearningRate: "required", decaySteps: "required" } as const;
const rateDecay = { ...decay, decayRate: "required", staircase: "optional" } as const;

/** Learning rates that change from step to step, for `learn_rate` and for `learningRate` of an optimizer. */
export const schedules: Schedules = kerasObjects<Schedules>("schedules", "schedule", {
  exponentialDecay: kerasClass<RateDecayOptions>("ExponentialDecay", rateDecay),
  inverseTimeDecay: kerasClass<RateDecayOptions>("InverseTimeDecay", rateDecay),
  piecewiseConstantDecay: kerasClass<PiecewiseConstantDecayOptions>("PiecewiseConstantDecay", {
    boundaries: "required",
    values: "required",
  }),
  polynomialDecay: kerasClass<PolynomialDecayOptions>("PolynomialDecay", {
    ...decay,
    endLearningRate: "optional",
    power: "optional",
    cycle: "optional",
  }),
  cosineDecay: kerasClass<CosineDecayOptions>("CosineDecay", {
    ...decay,
    alpha: "optional",
    warmupTarget: "optional",
    warmupSteps: "optional",
  }),
  cosineDecayRestarts: kerasClass<CosineDecayRestartsOptions>("CosineDecayRestarts", {
    initialLearningRate: "required",
    firstDecaySteps: "required",
    tMul: "optional",
    mMul: "optional",
    alpha: "optional",
  }),
});
