import { draw, drawFrom, type Draw, type StepOfRun } from "../draws.ts";
import { noiseOf, type Noise, type NoiseOptions } from "../noise.ts";
import { tensorflowMath } from "./tensor-math.ts";
import type { TensorFlow, Tensor } from "./index.ts";

/** The step that is computed now, and how often each layer has drawn in it. */
let current: { readonly step: StepOfRun; readonly calls: Map<string, number> } | undefined;

/**
 * Computes one step of training in which what is random in layers is drawn as draws.ts says. `compute` must not be asynchronous.
 * Outside of one, layers that are applied in training mode draw from `Math.random`.
 */
export function withDraws<Result>(step: StepOfRun, compute: () => Result): Result {
  const before = current;
  current = { step, calls: new Map() };
  try {
    return compute();
  } finally {
    current = before;
  }
}

/**
 * Random numbers of this step.
 *
 * @param what The layer's name and, where it draws several, which.
 * @param shape Its rows first.
 */
export function drawn(tf: TensorFlow, what: string, kind: Draw, shape: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = current === undefined ? drawFrom(Math.random, kind, size) : next(current, what, kind, size);
  return tf.tensor(values, [...shape], "float32");
}

function next({ step, calls }: NonNullable<typeof current>, what: string, kind: Draw, size: number) {
  const call = calls.get(what) ?? 0;
  calls.set(what, call + 1);
  return draw(step, what, call, kind, size);
}

interface Layer {
  readonly name: string;
  getConfig(): Record<string, unknown>;
  call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor | Tensor[];
}
type LayerClass = new (args: Record<string, unknown>) => Layer;

/** Layers that are random in training and nothing else: with Keras's formulas, and the run's own random numbers. */
const DRAWN = [
  ...["Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"],
  ...["GaussianNoise", "GaussianDropout", "AlphaDropout"],
] as const;

/** Puts them in the place of TensorFlow.js's, which draw from a stream that no other engine has. */
export function registerDrawnLayers(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  for (const className of DRAWN) {
    class DrawnLayer extends (known[className]![0] as unknown as LayerClass) {
      static readonly className = className;
      readonly noiseShape: NoiseOptions["noise_shape"];
      #noise: Noise | null | undefined;
      constructor(args: Record<string, unknown>) {
        super(args);
        this.noiseShape = args["noiseShape"] as NoiseOptions["noise_shape"];
      }
      override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
        const x = Array.isArray(inputs) ? inputs[0]! : inputs;
        return tf.tidy(() => {
          if (kwargs["training"] !== true) return tf.clone(x);
          this.#noise ??= noiseOf(className, optionsOf(this)) ?? null;
          if (this.#noise === null) return tf.clone(x);
          const { draws, shape, apply } = this.#noise;
          return apply(tensorflowMath, x, drawn(tf, this.name, draws, shape(x.shape) as number[]));
        });
      }
      /** TensorFlow.js's AlphaDropout forgets the shape of its noise. */
      override getConfig(): Record<string, unknown> {
        const { noiseShape } = this;
        return { ...super.getConfig(), ...(noiseShape == null ? {} : { noiseShape }) };
      }
    }
    tf.serialization.registerClass(DrawnLayer as never);
  }
}

function optionsOf(layer: Layer): NoiseOptions {
  const { rate, stddev, noiseShape, dataFormat } = layer.getConfig();
  return {
    ...(typeof rate === "number" ? { rate } : {}),
    ...(typeof stddev === "number" ? { stddev } : {}),
    noise_shape: (noiseShape ?? null) as NonNullable<NoiseOptions["noise_shape"]> | null,
    data_format: dataFormat === "channelsFirst" ? "channels_first" : "channels_last",
  };
}
