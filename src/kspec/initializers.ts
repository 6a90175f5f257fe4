import type { KerasObjectDescription } from "./description.ts";
import { kerasClass, kerasObjects } from "./keras-object.ts";

/** How a weight is filled before training: `initializers.heNormal()`. */
export interface Initializer extends KerasObjectDescription {
  readonly kind: "initializer";
}

/** An initializer by name, with its default options. */
export type InitializerName =
  | "zeros"
  | "ones"
  | "randomNormal"
  | "randomUniform"
  | "truncatedNormal"
  | "glorotNormal"
  | "glorotUniform"
  | "heNormal"
  | "heUniform"
  | "leCunNormal"
  | "leCunUniform"
  | "identity"
  | "orthogonal"
  | "varianceScaling";

export interface SeedOptions {
  /** Seeds this weight alone. Default: derived from the seed of the run. */
  seed?: number;
}
export interface ConstantOptions {
  /** What every element becomes. */
  value: number;
}
export interface UniformOptions extends SeedOptions {
  /** Lower bound. Default −0.05. */
  minval?: number;
  /** Upper bound. Default 0.05. */
  maxval?: number;
}
export interface NormalOptions extends SeedOptions {
  /** Default 0. */
  mean?: number;
  /** Standard deviation. Default 0.05. */
  stddev?: number;
}
export interface IdentityOptions {
  /** The result is multiplied by it. Default 1. */
  gain?: number;
}
export interface OrthogonalOptions extends IdentityOptions, SeedOptions {}
export interface VarianceScalingOptions extends SeedOptions {
  /** Default 1. */
  scale?: number;
  /** What the variance is divided by: inputs, outputs or their mean. Default "fanIn". */
  mode?: "fanIn" | "fanOut" | "fanAvg";
  /** Default "normal". */
  distribution?: "normal" | "uniform" | "truncatedNormal";
}

export interface Initializers {
  /** All zeros. */
  zeros(): Initializer;
  /** All ones. */
  ones(): Initializer;
  /** One value everywhere. */
  constant(options: ConstantOptions): Initializer;
  /** Uniform between `minval` (−0.05) and `maxval` (0.05). */
  randomUniform(options?: UniformOptions): Initializer;
  /** Normal with `mean` 0 and `stddev` 0.05. */
  randomNormal(options?: NormalOptions): Initializer;
  /** Normal, values farther than two standard deviations drawn again. */
  truncatedNormal(options?: NormalOptions): Initializer;
  /** The identity matrix; square 2-D weights only. */
  identity(options?: IdentityOptions): Initializer;
  /** Variance `scale` over the number of inputs, outputs or their mean. */
  varianceScaling(options?: VarianceScalingOptions): Initializer;
  /** Uniform within ±√(6 / (inputs + outputs)); also called Xavier. Keras's default for kernels. */
  glorotUniform(options?: SeedOptions): Initializer;
  /** Normal with variance 2 / (inputs + outputs); also called Xavier. */
  glorotNormal(options?: SeedOptions): Initializer;
  /** Normal with variance 2 / inputs; made for relu. */
  heNormal(options?: SeedOptions): Initializer;
  /** Uniform within ±√(6 / inputs); made for relu. */
  heUniform(options?: SeedOptions): Initializer;
  /** Normal with variance 1 / inputs; made for selu. */
  leCunNormal(options?: SeedOptions): Initializer;
  /** Uniform within ±√(3 / inputs). */
  leCunUniform(options?: SeedOptions): Initializer;
  /** A random orthogonal matrix; the default for recurrent kernels. */
  orthogonal(options?: OrthogonalOptions): Initializer;
}

const seed = { seed: "optional" } as const;
const normal = { mean: "optional", stddev: "optional", ...seed } as const;

/** Ways to fill weights before training. */
export const initializers: Initializers = kerasObjects<Initializers>("initializers", "initializer", {
  zeros: kerasClass("Zeros", {}),
  ones: kerasClass("Ones", {}),
  constant: kerasClass<ConstantOptions>("Constant", { value: "required" }),
  randomUniform: kerasClass<UniformOptions>("RandomUniform", {
    minval: "optional",
    maxval: "optional",
    ...seed,
  }),
  randomNormal: kerasClass<NormalOptions>("RandomNormal", normal),
  truncatedNormal: kerasClass<NormalOptions>("TruncatedNormal", normal),
  identity: kerasClass<IdentityOptions>("Identity", { gain: "optional" }),
  varianceScaling: kerasClass<VarianceScalingOptions>("VarianceScaling", {
    scale: "optional",
    mode: "optional",
    distribution: "optional",
    ...seed,
  }),
  glorotUniform: kerasClass<SeedOptions>("GlorotUniform", seed),
  glorotNormal: kerasClass<SeedOptions>("GlorotNormal", seed),
  heNormal: kerasClass<SeedOptions>("HeNormal", seed),
  heUniform: kerasClass<SeedOptions>("HeUniform", seed),
  leCunNormal: kerasClass<SeedOptions>("LeCunNormal", seed),
  leCunUniform: kerasClass<SeedOptions>("LeCunUniform", seed),
  orthogonal: kerasClass<OrthogonalOptions>("Orthogonal", { gain: "optional", ...seed }),
});
