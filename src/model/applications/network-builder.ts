import type { InnerLayer, KerasConfig } from "../network.ts";

/** The output of a layer: what the next layer is applied to. */
export interface Node {
  readonly layer: string;
  /** Height, width, channels of an image, or the length of a vector; null: any. */
  readonly shape: Shape;
}
export type Shape = readonly (number | null)[];

/** The weights of one layer, in the order in which Keras files have them. */
export interface LayerSlots {
  readonly layer: string;
  readonly class_name: string;
  readonly weights: readonly WeightSlot[];
}
export interface WeightSlot {
  /** `conv1_conv/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
}

/** A network that is described and has no values yet. */
export interface BuiltNetwork {
  readonly class_name: "Functional";
  readonly config: KerasConfig;
  /** Layers that have weights, in Keras's order of layers. */
  readonly slots: readonly LayerSlots[];
  readonly outputShape: Shape;
}

export interface ConvOptions {
  readonly name: string;
  readonly filters: number;
  readonly kernel: number;
  /** Default 1. */
  readonly strides?: number;
  /** Default "valid". */
  readonly padding?: "valid" | "same";
  /** Default true. */
  readonly bias?: boolean;
  /** Default "linear". */
  readonly activation?: string;
  /** Default Keras's, GlorotUniform. */
  readonly initializer?: KerasConfig;
}
export interface DepthwiseOptions extends Omit<ConvOptions, "filters"> {
  /** Default 1. */
  readonly depthMultiplier?: number;
}
export interface NormOptions {
  readonly name: string;
  /** Default 0.001. */
  readonly epsilon?: number;
  /** Default 0.99. */
  readonly momentum?: number;
}
/** Rows and columns of zeros: above, below; left, right. */
export type Padding2D = readonly [readonly [number, number], readonly [number, number]];

interface Described {
  readonly class_name: string;
  readonly config: KerasConfig;
  readonly inputs: readonly string[];
  readonly weights: readonly WeightSlot[];
}

const GLOROT: KerasConfig = { class_name: "GlorotUniform", config: {} };

/**
 * Writes Keras's functional configuration layer by layer, and knows the shapes of tensors and weights as it goes.
 * Layers without a name get Keras's (`max_pooling2d`, `max_pooling2d_1`), counted anew for each network.
 */
export class NetworkBuilder {
  readonly #layers = new Map<string, Described>();
  readonly #counts = new Map<string, number>();

  /** @param shape height, width and channels; null: any. */
  input(shape: Shape): Node {
    return this.#add("InputLayer", undefined, { batch_input_shape: [null, ...shape] }, [], shape);
  }

  conv2D(x: Node, options: ConvOptions): Node {
    const { name, filters, kernel, strides = 1, padding = "valid", bias = true } = options;
    const [height, width, channels] = image(x);
    return this.#add(
      "Conv2D",
      name,
      {
        filters,
        ...windows(kernel, strides, padding),
        dilation_rate: [1, 1],
        activation: options.activation ?? "linear",
        use_bias: bias,
        kernel_initializer: options.initializer ?? GLOROT,
      },
      [x],
      [slid(height, kernel, strides, padding), slid(width, kernel, strides, padding), filters],
      [["kernel", [kernel, kernel, channels, filters]], ...(bias ? [["bias", [filters]] as const] : [])],
    );
  }

  depthwiseConv2D(x: Node, options: DepthwiseOptions): Node {
    const { name, kernel, strides = 1, padding = "valid", bias = true, depthMultiplier = 1 } = options;
    const [height, width, channels] = image(x);
    const filters = channels * depthMultiplier;
    return this.#add(
      "DepthwiseConv2D",
      name,
      {
        ...windows(kernel, strides, padding),
        depth_multiplier: depthMultiplier,
        activation: options.activation ?? "linear",
        use_bias: bias,
        depthwise_initializer: options.initializer ?? GLOROT,
      },
      [x],
      [slid(height, kernel, strides, padding), slid(width, kernel, strides, padding), filters],
      [
        ["depthwise_kernel", [kernel, kernel, channels, depthMultiplier]],
        ...(bias ? [["bias", [filters]] as const] : []),
      ],
    );
  }

  dense(
    x: Node,
    options: { name: string; units: number; activation: string; initializer?: KerasConfig },
  ): Node {
    const { name, units, activation, initializer = GLOROT } = options;
    return this.#add(
      "Dense",
      name,
      { units, activation, use_bias: true, kernel_initializer: initializer },
      [x],
      [units],
      [
        ["kernel", [known(x, x.shape.length - 1), units]],
        ["bias", [units]],
      ],
    );
  }

  batchNorm(x: Node, { name, epsilon = 1e-3, momentum = 0.99 }: NormOptions): Node {
    const channels = known(x, x.shape.length - 1);
    return this.#add(
      "BatchNormalization",
      name,
      { axis: x.shape.length, momentum, epsilon, center: true, scale: true },
      [x],
      x.shape,
      (["gamma", "beta", "moving_mean", "moving_variance"] as const).map(
        (weight) => [weight, [channels]] as const,
      ),
    );
  }

  activation(x: Node, activation: string, name?: string): Node {
    return this.#add("Activation", name, { activation }, [x], x.shape);
  }

  relu6(x: Node, name: string): Node {
    return this.#add("ReLU", name, { max_value: 6 }, [x], x.shape);
  }

  zeroPadding2D(x: Node, padding: Padding2D, name: string): Node {
    const [height, width, channels] = image(x);
    const wider = (extent: number | null, [before, after]: readonly [number, number]) =>
      extent === null ? null : extent + before + after;
    return this.#add(
      "ZeroPadding2D",
      name,
      { padding, data_format: "channels_last" },
      [x],
      [wider(height, padding[0]), wider(width, padding[1]), channels],
    );
  }

  maxPooling2D(x: Node, options: { size: number; strides: number; name?: string }): Node {
    const [height, width, channels] = image(x);
    const { size, strides, name } = options;
    return this.#add(
      "MaxPooling2D",
      name,
      {
        pool_size: [size, size],
        strides: [strides, strides],
        padding: "valid",
        data_format: "channels_last",
      },
      [x],
      [slid(height, size, strides, "valid"), slid(width, size, strides, "valid"), channels],
    );
  }

  /** @param options.keepDims gives `[1, 1, channels]` instead of a vector. */
  globalPooling2D(
    x: Node,
    kind: "Average" | "Max",
    options: { name?: string | undefined; keepDims?: boolean } = {},
  ): Node {
    const channels = image(x)[2];
    const keepDims = options.keepDims === true;
    return this.#add(
      `Global${kind}Pooling2D`,
      options.name,
      { data_format: "channels_last", ...(keepDims ? { keepdims: true } : {}) },
      [x],
      keepDims ? [1, 1, channels] : [channels],
    );
  }

  /** @param noiseShape axes along which one draw counts for all have extent 1; null is the extent itself. */
  dropout(x: Node, rate: number, name: string, noiseShape: readonly (number | null)[] | null = null): Node {
    return this.#add("Dropout", name, { rate, noise_shape: noiseShape }, [x], x.shape);
  }

  flatten(x: Node, name: string): Node {
    const length = x.shape.reduce<number>((product, _, axis) => product * known(x, axis), 1);
    return this.#add("Flatten", name, { data_format: "channels_last" }, [x], [length]);
  }

  reshape(x: Node, shape: readonly number[], name: string): Node {
    return this.#add("Reshape", name, { target_shape: shape }, [x], shape);
  }

  add(inputs: readonly [Node, Node], name: string): Node {
    return this.#add("Add", name, {}, inputs, inputs[0].shape);
  }

  /** The second may have extents of 1, which count for every row and column of the first. */
  multiply(inputs: readonly [Node, Node], name: string): Node {
    return this.#add("Multiply", name, {}, inputs, inputs[0].shape);
  }

  rescaling(x: Node, scale: number | readonly number[]): Node {
    return this.#add("Rescaling", undefined, { scale, offset: 0 }, [x], x.shape);
  }

  /** (value − mean) / standard deviation of each channel, which are weights. */
  normalization(x: Node): Node {
    const channels = image(x)[2];
    const rank = x.shape.length;
    return this.#add("Normalization", undefined, { axis: [rank], invert: false }, [x], x.shape, [
      ["mean", [channels]],
      ["variance", [channels]],
      ["count", [], "int32"],
    ]);
  }

  /** The network up to `output`; layers that it does not depend on are left out. */
  finish(name: string, input: Node, output: Node): BuiltNetwork {
    const layers = this.#inKerasOrder(output.layer);
    return {
      class_name: "Functional",
      config: {
        name,
        trainable: true,
        layers: layers.map((layer): InnerLayer => {
          const { class_name, config, inputs } = this.#layers.get(layer)!;
          const inbound = inputs.length === 0 ? [] : [inputs.map((from) => [from, 0, 0, {}])];
          return {
            name: layer,
            class_name,
            config: { name: layer, trainable: true, dtype: "float32", ...config },
            inbound_nodes: inbound,
          };
        }),
        input_layers: [[input.layer, 0, 0]],
        output_layers: [[output.layer, 0, 0]],
      },
      slots: layers
        .map((layer) => ({ layer, ...this.#layers.get(layer)! }))
        .filter(({ weights }) => weights.length > 0)
        .map(({ layer, class_name, weights }) => ({ layer, class_name, weights })),
      outputShape: output.shape,
    };
  }

  /**
   * Keras's order of `model.layers`, which is the order of layers in its weight files: those farthest from the output
   * first, and those equally far in the order in which one meets them going back from the output.
   */
  #inKerasOrder(output: string): string[] {
    const met = new Map<string, number>();
    const finished: string[] = [];
    // An explicit stack, since networks are deep; each layer's inputs are visited in their order.
    const stack = [{ layer: output, next: 0 }];
    met.set(output, 0);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const from = this.#layers.get(top.layer)!.inputs[top.next++];
      if (from === undefined) {
        finished.push(top.layer);
        stack.pop();
      } else if (!met.has(from)) {
        met.set(from, met.size);
        stack.push({ layer: from, next: 0 });
      }
    }
    const depth = new Map<string, number>([[output, 0]]);
    for (const layer of finished.toReversed())
      for (const from of this.#layers.get(layer)!.inputs)
        depth.set(from, Math.max(depth.get(from) ?? 0, depth.get(layer)! + 1));
    return finished.toSorted((a, b) => depth.get(b)! - depth.get(a)! || met.get(a)! - met.get(b)!);
  }

  #add(
    class_name: string,
    given: string | undefined,
    config: KerasConfig,
    inputs: readonly Node[],
    shape: Shape,
    weights: readonly (readonly [name: string, shape: readonly number[], dtype?: "int32"])[] = [],
  ): Node {
    const layer = given ?? this.#freshName(class_name);
    if (this.#layers.has(layer)) throw new Error(`Two layers are named ${layer}.`);
    this.#layers.set(layer, {
      class_name,
      config,
      inputs: inputs.map((node) => node.layer),
      weights: weights.map(([name, extents, dtype]) => ({
        name: `${layer}/${name}`,
        shape: extents,
        dtype: dtype ?? "float32",
      })),
    });
    return { layer, shape };
  }

  #freshName(class_name: string): string {
    const stem = snakeCaseOfClass(class_name);
    const count = this.#counts.get(stem) ?? 0;
    this.#counts.set(stem, count + 1);
    return count === 0 ? stem : `${stem}_${count}`;
  }
}

/** Keras's names of layers that have none: `GlobalMaxPooling2D` → `global_max_pooling2d`, `ReLU` → `re_lu`. */
export function snakeCaseOfClass(class_name: string): string {
  return class_name
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/**
 * Zeros before a strided convolution, as Keras's applications put them: with an even (or unknown) extent one less before
 * than after.
 */
export function correctPad(x: Node, kernel: number): Padding2D {
  const [height, width] = image(x);
  // Keras takes both from the height being known.
  const even = (extent: number | null) => (height === null || extent === null ? 1 : 1 - (extent % 2));
  const half = Math.floor(kernel / 2);
  return [
    [half - even(height), half],
    [half - even(width), half],
  ];
}

function windows(kernel: number, strides: number, padding: string): KerasConfig {
  return {
    kernel_size: [kernel, kernel],
    strides: [strides, strides],
    padding,
    data_format: "channels_last",
  };
}

function image({ layer, shape }: Node): [number | null, number | null, number] {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || typeof channels !== "number")
    throw new Error(`${layer} gives no image with a known number of channels: ${JSON.stringify(shape)}.`);
  return [height!, width!, channels];
}

function known({ layer, shape }: Node, axis: number): number {
  const extent = shape[axis];
  if (typeof extent !== "number") throw new Error(`The size of ${layer} is not known.`);
  return extent;
}

/** How often a window fits. */
function slid(extent: number | null, window: number, stride: number, padding: "valid" | "same") {
  if (extent === null) return null;
  return Math.ceil((padding === "same" ? extent : extent - window + 1) / stride);
}
