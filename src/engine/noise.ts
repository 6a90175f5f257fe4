import { UserError } from "../protocol/index.ts";
import type { Draw } from "./draws.ts";
import type { TensorMath } from "./tensor-math.ts";

/** What a layer does to values at random while its network is trained, written once for both engines. */
export interface Noise {
  readonly draws: Draw;
  /**
   * Extents of what is drawn for an input of these extents, the rows' first, in Keras's order of axes; 1 where one number is shared
   * along an axis.
   */
  shape(extents: readonly (number | null)[]): readonly (number | null)[];
  /** @param drawn of that shape */
  apply<T>(math: TensorMath<T>, x: T, drawn: T): T;
}

/** A layer's options, under Keras's names. */
export interface NoiseOptions {
  readonly rate?: number;
  readonly stddev?: number;
  readonly noise_shape?: readonly (number | null)[] | null;
  readonly data_format?: string | null;
}

/**
 * Keras 3's dropouts and noises, by their class: what one of them does with these options; undefined where it changes nothing.
 *
 * @throws UserError for a rate that Keras has no formula for.
 */
export function noiseOf(class_name: string, options: NoiseOptions): Noise | undefined {
  const strength = (class_name === "GaussianNoise" ? options.stddev : options.rate) ?? 0;
  return strength > 0 ? noises[class_name]?.(options, strength) : undefined;
}

const noises: Readonly<Record<string, (options: NoiseOptions, strength: number) => Noise>> = {
  /** A share of the values becomes 0, and the others grow so that the mean stays. */
  Dropout: (options, rate) => dropout(rate, given(options)),
  /** The same of whole channels. */
  SpatialDropout1D: (options, rate) => dropout(rate, channels(options)),
  SpatialDropout2D: (options, rate) => dropout(rate, channels(options)),
  SpatialDropout3D: (options, rate) => dropout(rate, channels(options)),

  /** Normal noise is added. */
  GaussianNoise: (_, stddev) => ({
    draws: { kind: "normal", deviation: stddev },
    shape: (extents) => extents,
    apply: (math, x, drawn) => math.add(x, drawn),
  }),

  /** Multiplied with normal noise of mean 1, as uncertain as dropout with this rate. */
  GaussianDropout(_, rate) {
    below1("GaussianDropout", rate);
    return {
      draws: { kind: "normal", deviation: Math.sqrt(rate / (1 - rate)) },
      shape: (extents) => extents,
      apply: (math, x, drawn) => math.mul(x, math.add(drawn, 1)),
    };
  },

  /**
   * A share of the values becomes what selu gives far below zero; then all are scaled and shifted so that mean and variance stay
   * (Klambauer et al., 2017, Self-Normalizing Neural Networks).
   */
  AlphaDropout(options, rate) {
    below1("AlphaDropout", rate);
    const kept = 1 - rate;
    const lowest = -1.6732632423543772 * 1.0507009873554805;
    const scale = (kept * (1 + rate * lowest ** 2)) ** -0.5;
    const shift = -scale * lowest * rate;
    return {
      draws: { kind: "keep", rate },
      shape: given(options),
      // Keras's scale · (x · k + lowest · (1 − k)) + shift, where what is drawn is k / kept: three passes over the values.
      apply: (math, x, drawn) =>
        math.add(
          math.mul(drawn, math.sub(math.mul(x, scale * kept), scale * lowest * kept)),
          scale * lowest + shift,
        ),
    };
  },
};

function dropout(rate: number, shape: Noise["shape"]): Noise {
  return { draws: { kind: "keep", rate }, shape, apply: (math, x, drawn) => math.mul(x, drawn) };
}

function given({ noise_shape: wanted }: NoiseOptions): Noise["shape"] {
  return (extents) => wanted?.map((extent, i) => extent ?? extents[i] ?? null) ?? extents;
}

/** One number for each channel of each row. */
function channels({ data_format: format }: NoiseOptions): Noise["shape"] {
  return (extents) => {
    const axis = format === "channels_first" ? 1 : extents.length - 1;
    return extents.map((extent, i) => (i === 0 || i === axis ? extent : 1));
  };
}

function below1(class_name: string, rate: number): void {
  if (!(rate < 1))
    throw new UserError(
      "layer-option",
      `${class_name} has the rate ${rate}, which loses every value: give it a rate below 1.`,
    );
}
