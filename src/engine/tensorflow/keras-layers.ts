import type { TensorFlow, Tensor } from "./index.ts";
import { activated } from "./logits.ts";
import { resize } from "./resize.ts";

type Shape = (number | null)[];

/** What these layers need of TensorFlow.js's own, all of which is there at run time. */
interface Layer {
  inputSpec: unknown;
  getConfig(): Record<string, unknown>;
}
interface Weight {
  read(): Tensor;
}
type Tensor4D = ReturnType<TensorFlow["tensor4d"]>;
type Kwargs = Record<string, unknown>;
type LayerClass<Members> = new (args: object) => Layer & Members;

/**
 * Layers that TensorFlow.js 4.22 has otherwise than Keras, put in the place of its own. They are saved under the same names
 * with the same options.
 */
export function registerKerasLayers(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const own = <Members>(name: string) => known[name]![0] as unknown as LayerClass<Members>;

  /** Keras flattens a vector too, which changes nothing; TensorFlow.js refuses it. */
  class Flatten extends own("Flatten") {
    static readonly className = "Flatten";
    constructor(args: object) {
      super(args);
      this.inputSpec = [{ minNDim: 2 }];
    }
  }

  /** TensorFlow.js's gives a wrong shape for batches, and pixels that do not lie where Keras's do. */
  class Resizing extends own<{
    height: number;
    width: number;
    interpolation: string;
    cropToAspectRatio: boolean;
  }>("Resizing") {
    static readonly className = "Resizing";
    computeOutputShape([batch, , , channels]: Shape): Shape {
      return [batch ?? null, this.height, this.width, channels ?? null];
    }
    call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const image = only(inputs);
        const [, height, width] = image.shape as [number, number, number, number];
        const scale = Math.min(height / this.height, width / this.width);
        const cropped = this.cropToAspectRatio
          ? centre(tf, image, Math.round(this.height * scale), Math.round(this.width * scale))
          : image;
        return resize(tf, cropped, [this.height, this.width], this.interpolation === "nearest");
      });
    }
  }

  /** A slice, which gradients pass; an image that is smaller is first enlarged to cover, as Keras does. */
  class CenterCrop extends own<{ height: number; width: number }>("CenterCrop") {
    static readonly className = "CenterCrop";
    computeOutputShape([batch, , , channels]: Shape): Shape {
      return [batch ?? null, this.height, this.width, channels ?? null];
    }
    call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        let image = only(inputs);
        const [, height, width] = image.shape as [number, number, number, number];
        if (height < this.height || width < this.width) {
          const scale = Math.min(height / this.height, width / this.width);
          const part = centre(tf, image, Math.floor(this.height * scale), Math.floor(this.width * scale));
          image = resize(tf, part, [this.height, this.width], false);
        }
        return centre(tf, image, this.height, this.width);
      });
    }
  }

  /** Bilinear with half-pixel centres, as Keras's; the nearest neighbour is a copy of each pixel. */
  class UpSampling2D extends own<{
    size: [number, number];
    dataFormat: string;
    interpolation: string;
    call(x: unknown, k: unknown): Tensor;
  }>("UpSampling2D") {
    static readonly className = "UpSampling2D";
    override call(inputs: Tensor | Tensor[], kwargs: unknown): Tensor {
      if (this.interpolation !== "bilinear" || this.dataFormat === "channelsFirst")
        return super.call(inputs, kwargs);
      return tf.tidy(() => {
        const image = only(inputs);
        const [, height, width] = image.shape as [number, number, number, number];
        return resize(tf, image, [height * this.size[0], width * this.size[1]], false);
      });
    }
  }

  /** TensorFlow.js's takes the statistics of another axis than the last for those of the last. */
  class BatchNormalization extends own<{
    axis: number;
    epsilon: number;
    gamma?: Weight | null;
    beta?: Weight | null;
    movingMean: Weight;
    movingVariance: Weight;
    call(x: unknown, k: Kwargs): Tensor;
  }>("BatchNormalization") {
    static readonly className = "BatchNormalization";
    override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
      const input = only(inputs);
      const axis = this.axis < 0 ? this.axis + input.rank : this.axis;
      if (kwargs["training"] === true || axis === input.rank - 1) return super.call(inputs, kwargs);
      return tf.tidy(() => {
        const shape = input.shape.map((extent, i) => (i === axis ? extent : 1));
        const along = (weight: Weight) => tf.reshape(weight.read(), shape);
        const centred = tf.sub(input, along(this.movingMean));
        const unit = tf.mul(centred, tf.rsqrt(tf.add(along(this.movingVariance), this.epsilon)));
        const scaled = this.gamma ? tf.mul(unit, along(this.gamma)) : unit;
        return this.beta ? tf.add(scaled, along(this.beta)) : scaled;
      });
    }
  }

  /** TensorFlow.js's passes over the slope below the threshold, and the threshold. */
  class ReLU extends own<{ maxValue?: number | null; call(x: unknown, k: unknown): Tensor }>("ReLU") {
    static readonly className = "ReLU";
    readonly negativeSlope: number;
    readonly threshold: number;
    constructor(args: { negativeSlope?: number; threshold?: number } = {}) {
      super(args);
      this.negativeSlope = args.negativeSlope ?? 0;
      this.threshold = args.threshold ?? 0;
    }
    override call(inputs: Tensor | Tensor[], kwargs: unknown): Tensor {
      const { negativeSlope: slope, threshold, maxValue } = this;
      if (slope === 0 && threshold === 0) return super.call(inputs, kwargs);
      return tf.tidy(() => {
        const x = only(inputs);
        const above = threshold === 0 ? tf.relu(x) : tf.mul(x, tf.cast(tf.greater(x, threshold), "float32"));
        const cut = maxValue == null ? above : tf.clipByValue(above, 0, maxValue);
        return slope === 0 ? cut : tf.sub(cut, tf.mul(slope, tf.relu(tf.sub(threshold, x))));
      });
    }
    override getConfig(): Record<string, unknown> {
      const { negativeSlope, threshold } = this;
      return {
        ...super.getConfig(),
        ...(negativeSlope === 0 && threshold === 0 ? {} : { negativeSlope, threshold }),
      };
    }
  }

  /** TensorFlow.js's refuses another scale than 1 below zero. */
  class ELU extends own<{ call(x: unknown, k: unknown): Tensor }>("ELU") {
    static readonly className = "ELU";
    readonly alpha: number;
    constructor(args: { alpha?: number } = {}) {
      super({ ...args, alpha: 1 });
      this.alpha = args.alpha ?? 1;
    }
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = only(inputs);
        return this.alpha === 1 ? tf.elu(x) : tf.where(tf.greater(x, 0), x, tf.mul(tf.elu(x), this.alpha));
      });
    }
    override getConfig(): Record<string, unknown> {
      return { ...super.getConfig(), alpha: this.alpha };
    }
  }

  /** TensorFlow.js's takes the last axis alone. */
  class Softmax extends own<{ axis: number; call(x: unknown, k: unknown): Tensor }>("Softmax") {
    static readonly className = "Softmax";
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = only(inputs);
        const axis = this.axis < 0 ? this.axis + x.rank : this.axis;
        if (axis === x.rank - 1) return activated(tf, "softmax", x);
        const powers = tf.exp(tf.sub(x, tf.max(x, axis, true)));
        return tf.div(powers, tf.sum(powers, axis, true));
      });
    }
  }

  /** Its WebAssembly takes what is below zero for nothing: along two axes first, then along the third, a window is the same. */
  class MaxPooling3D extends own<{
    poolSize: [number, number, number];
    strides: [number, number, number];
    padding: "same" | "valid";
    dataFormat: string;
  }>("MaxPooling3D") {
    static readonly className = "MaxPooling3D";
    call(inputs: Tensor | Tensor[]): Tensor {
      const { poolSize, strides, padding } = this;
      return tf.tidy(() => {
        const first = this.dataFormat === "channelsFirst";
        const x = first ? tf.transpose(only(inputs), [0, 2, 3, 4, 1]) : only(inputs);
        const [rows, depth, height, width, channels] = x.shape as [number, number, number, number, number];
        const flat = tf.reshape(x, [rows * depth, height, width, channels]) as Tensor4D;
        const across = tf.maxPool(flat, [poolSize[1], poolSize[2]], [strides[1], strides[2]], padding);
        const [, newHeight, newWidth] = across.shape;
        const deep = tf.reshape(across, [rows, depth, newHeight * newWidth, channels]) as Tensor4D;
        const pooled = tf.maxPool(deep, [poolSize[0], 1], [strides[0], 1], padding);
        const result = tf.reshape(pooled, [rows, pooled.shape[1], newHeight, newWidth, channels]);
        return first ? tf.transpose(result, [0, 4, 1, 2, 3]) : result;
      });
    }
  }

  for (const one of [
    Flatten,
    ReLU,
    ELU,
    Softmax,
    MaxPooling3D,
    Resizing,
    CenterCrop,
    UpSampling2D,
    BatchNormalization,
  ])
    tf.serialization.registerClass(one as never);
}

function only(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}

/** The middle of an image; with an odd margin the smaller half stands before it. */
function centre(tf: TensorFlow, image: Tensor, height: number, width: number): Tensor {
  const [, rows, columns] = image.shape as [number, number, number, number];
  const top = Math.floor((rows - height) / 2);
  const left = Math.floor((columns - width) / 2);
  return tf.slice(image, [0, top, left, 0], [-1, height, width, -1]);
}
