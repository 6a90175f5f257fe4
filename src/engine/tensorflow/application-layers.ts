import type { TensorFlow, Tensor } from "./index.ts";

type Shape = (number | null)[];

/** What these layers need of TensorFlow.js's own, all of which is there at run time. */
interface Layer {
  getConfig(): Record<string, unknown>;
  addWeight(
    name: string,
    shape: number[],
    dtype: "float32" | "int32",
    initializer: unknown,
    regularizer?: unknown,
    trainable?: boolean,
  ): Weight;
  built: boolean;
}
interface Weight {
  read(): Tensor;
}
type LayerClass<Members = object> = new (args: object) => Layer & Members;
type Kwargs = Record<string, unknown>;

/**
 * What Keras's pretrained networks need and TensorFlow.js 4.22 lacks: Normalization, `keepdims` of global pooling, and a
 * dropout that drops whole images (`noise_shape`).
 */
export function registerApplicationLayers(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const own = <Members>(name: string) => known[name]![0] as unknown as LayerClass<Members>;

  /**
   * (value − mean) / max(standard deviation, 1e-7) along `axis`. Mean and variance are weights that are not trained, with
   * Keras's third one beside them, `count`; given as options, they are options.
   */
  class Normalization extends (tf.layers.Layer as unknown as LayerClass) {
    static readonly className = "Normalization";
    readonly options: NormalizationOptions;
    #axes: number[] = [];
    #mean: Weight | undefined;
    #variance: Weight | undefined;

    constructor(args: NormalizationOptions) {
      super(args);
      const { axis = -1, mean, variance, invert = false } = args;
      this.options = { axis, mean, variance, invert };
    }
    build(inputShape: Shape | Shape[]): void {
      const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
      const { axis, mean } = this.options;
      const axes = axis === null || axis === undefined ? [] : [axis].flat();
      this.#axes = axes.map((one) => (one < 0 ? one + shape.length : one)).sort((a, b) => a - b);
      if (mean === undefined || mean === null) {
        const kept = this.#axes.map((one) => shape[one]!);
        const { zeros, ones } = tf.initializers;
        this.#mean = this.addWeight("mean", kept, "float32", zeros(), undefined, false);
        this.#variance = this.addWeight("variance", kept, "float32", ones(), undefined, false);
        this.addWeight("count", [], "int32", zeros(), undefined, false);
      }
      this.built = true;
    }
    computeOutputShape(inputShape: Shape): Shape {
      return inputShape;
    }
    call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = tf.cast(only(inputs), "float32");
        const shape = x.shape.map((extent, i) => (this.#axes.includes(i) ? extent : 1));
        const broadcast = (values: Tensor) =>
          values.size === 1 ? tf.reshape(values, []) : tf.reshape(values, shape);
        const mean = broadcast(this.#mean?.read() ?? tf.tensor(this.options.mean as number[]));
        const variance = broadcast(this.#variance?.read() ?? tf.tensor(this.options.variance as number[]));
        const deviation = tf.maximum(tf.sqrt(variance), 1e-7);
        return this.options.invert === true
          ? tf.add(mean, tf.mul(x, deviation))
          : tf.div(tf.sub(x, mean), deviation);
      });
    }
    override getConfig(): Record<string, unknown> {
      return { ...super.getConfig(), ...this.options };
    }
  }

  const pooling = (kind: "GlobalAveragePooling2D" | "GlobalMaxPooling2D") =>
    class extends own<{
      dataFormat: string;
      call(x: unknown, k: unknown): Tensor;
      computeOutputShape(s: Shape): Shape;
    }>(kind) {
      static readonly className = kind;
      readonly keepdims: boolean;
      constructor(args: { keepdims?: boolean }) {
        super(args);
        this.keepdims = args.keepdims === true;
      }
      override computeOutputShape(inputShape: Shape): Shape {
        const pooled = super.computeOutputShape(inputShape);
        if (!this.keepdims) return pooled;
        const [batch, channels] = pooled as [number | null, number | null];
        return this.dataFormat === "channelsFirst" ? [batch, channels, 1, 1] : [batch, 1, 1, channels];
      }
      override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
        return tf.tidy(() => {
          const pooled = super.call(inputs, kwargs);
          if (!this.keepdims) return pooled;
          return tf.reshape(pooled, this.computeOutputShape(only(inputs).shape) as number[]);
        });
      }
      override getConfig(): Record<string, unknown> {
        return { ...super.getConfig(), ...(this.keepdims ? { keepdims: true } : {}) };
      }
    };

  /** TensorFlow.js's refuses a `noiseShape`, along whose axes of extent 1 one draw counts for all. */
  class Dropout extends own<{
    rate: number;
    noiseShape?: Shape | null;
    call(x: unknown, k: Kwargs): Tensor;
  }>("Dropout") {
    static readonly className = "Dropout";
    override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
      const { noiseShape, rate } = this;
      if (kwargs["training"] !== true || !noiseShape || rate === 0) return super.call(inputs, kwargs);
      return tf.tidy(() => {
        const x = only(inputs);
        return tf.dropout(
          x,
          rate,
          noiseShape.map((extent, i) => extent ?? x.shape[i]!),
        );
      });
    }
  }

  for (const one of [
    Normalization,
    Dropout,
    pooling("GlobalAveragePooling2D"),
    pooling("GlobalMaxPooling2D"),
  ])
    tf.serialization.registerClass(one as never);
}

interface NormalizationOptions {
  readonly axis?: number | readonly number[] | null | undefined;
  readonly mean?: unknown;
  readonly variance?: unknown;
  readonly invert?: boolean;
}

function only(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}
