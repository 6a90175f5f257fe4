import type { TensorFlow, Tensor } from "./index.ts";

type Shape = (number | null)[];
type Options = Readonly<Record<string, unknown>>;
type Extent = number | null;

/** A layer without weights. */
interface Plain {
  /** Options with their defaults, in camelCase. */
  readonly options: Options;
  /** The output's shape, its rows first. */
  shape(inputs: readonly Shape[], options: Options): Shape;
  compute(tf: TensorFlow, inputs: readonly Tensor[], options: Options, training: boolean): Tensor;
}

interface Layer {
  name: string;
  getConfig(): Record<string, unknown>;
}
type LayerClass = new (args: object) => Layer;

/**
 * Layers of Keras without weights that TensorFlow.js 4.22 lacks. Networks that Keras saved may have them; what is random in
 * training is computed in inference alone, and says so.
 */
export function registerPlainLayers(tf: TensorFlow): void {
  for (const [className, plain] of Object.entries(PLAIN)) {
    class PlainLayer extends (tf.layers.Layer as unknown as LayerClass) {
      static readonly className = className;
      /** TensorFlow.js has one table of class names, in which an initializer is called Identity too. Layers have names, and it has none. */
      static fromConfig(layer: typeof PlainLayer, config: Record<string, unknown>): unknown {
        if (className === "Identity" && config["name"] === undefined) return tf.initializers.identity(config);
        return new layer(config);
      }
      readonly options: Options;
      constructor(args: Record<string, unknown>) {
        super(args);
        const given = Object.entries(plain.options).map(([name, value]) => [name, args[name] ?? value]);
        this.options = Object.fromEntries(given) as Options;
      }
      computeOutputShape(shape: Shape | Shape[]): Shape {
        return plain.shape((Array.isArray(shape[0]) ? shape : [shape]) as Shape[], this.options);
      }
      call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
        const training = kwargs["training"] === true;
        return tf.tidy(() =>
          plain.compute(tf, [inputs].flat(), { ...this.options, name: this.name }, training),
        );
      }
      override getConfig(): Record<string, unknown> {
        return { ...super.getConfig(), ...this.options };
      }
    }
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    const namesake = classNameMap[className];
    tf.serialization.registerClass(PlainLayer as never);
    if (className === "Identity" && namesake !== undefined) shareName(classNameMap, className, namesake);
  }
}

type Classes = Record<
  string,
  [unknown, (constructor: unknown, config: object, ...more: unknown[]) => unknown]
>;

/** Keras has an initializer of the same name, and TensorFlow.js one list for both: a layer's configuration says whether it is trained. */
function shareName(classes: object, className: string, [other, make]: readonly [unknown, unknown]): void {
  const known = classes as Classes;
  const [layer, makeLayer] = known[className]!;
  const makeOther = make as Classes[string][1];
  known[className] = [
    layer,
    (_, config, ...more) =>
      "name" in config || "trainable" in config
        ? makeLayer(layer, config, ...more)
        : makeOther(other, config, ...more),
  ];
}

/** [before, after] of each axis: one number, one for each axis, or pairs; a sequence's pair may stand without brackets. */
function edges(given: unknown, axes: number): [number, number][] {
  const list = Array.isArray(given) ? (given as unknown[]) : Array<unknown>(axes).fill(given);
  const each = axes === 1 && list.length === 2 && !Array.isArray(list[0]) ? [list] : list;
  return each.map((one) => (Array.isArray(one) ? (one as [number, number]) : [Number(one), Number(one)]));
}

/** The axes between the first and the channels, or behind the channels. */
function spatial(rank: number, { dataFormat }: Options): number[] {
  const first = dataFormat === "channelsFirst";
  return Array.from({ length: rank - 2 }, (_, i) => i + (first ? 2 : 1));
}

function along(shape: Shape, axes: readonly number[], change: (extent: number, i: number) => number): Shape {
  return shape.map((extent, axis) => {
    const i = axes.indexOf(axis);
    return i < 0 || extent === null ? extent : change(extent, i);
  });
}

const padding = (axes: number): Plain => ({
  options: { padding: 1, dataFormat: "channelsLast" },
  shape: ([shape], options) => {
    const around = edges(options["padding"], axes);
    return along(shape!, spatial(axes + 2, options), (extent, i) => extent + around[i]![0] + around[i]![1]);
  },
  compute: (tf, [x], options) => {
    const around = edges(options["padding"], axes);
    const places = spatial(axes + 2, options);
    return tf.pad(
      x!,
      x!.shape.map((_, axis): [number, number] => around[places.indexOf(axis)] ?? [0, 0]),
    );
  },
});

const cropping = (axes: number): Plain => ({
  options: { cropping: 1, dataFormat: "channelsLast" },
  shape: ([shape], options) => {
    const off = edges(options["cropping"], axes);
    return along(shape!, spatial(axes + 2, options), (extent, i) => extent - off[i]![0] - off[i]![1]);
  },
  compute: (tf, [x], options) => {
    const off = edges(options["cropping"], axes);
    const places = spatial(axes + 2, options);
    const cut = x!.shape.map((extent, axis) => [off[places.indexOf(axis)] ?? [0, 0], extent] as const);
    return tf.slice(
      x!,
      cut.map(([[before]]) => before),
      cut.map(([[before, after], extent]) => extent - before - after),
    );
  },
});

const upSampling = (axes: number): Plain => {
  const sizes = ({ size }: Options) =>
    Array.isArray(size) ? (size as number[]) : Array<number>(axes).fill(Number(size));
  return {
    options: { size: 2, dataFormat: "channelsLast" },
    shape: ([shape], options) =>
      along(shape!, spatial(axes + 2, options), (extent, i) => extent * sizes(options)[i]!),
    compute: (tf, [x], options) =>
      spatial(axes + 2, options).reduce(
        (value, axis, i) => repeated(tf, value, axis, sizes(options)[i]!),
        x!,
      ),
  };
};

/** Each entry along an axis so many times. */
function repeated(tf: TensorFlow, x: Tensor, axis: number, times: number): Tensor {
  const { shape } = x;
  // Six axes are as many as TensorFlow.js repeats: what is before and behind counts as one.
  const before = shape.slice(0, axis).reduce((size, extent) => size * extent, 1);
  const behind = shape.slice(axis + 1).reduce((size, extent) => size * extent, 1);
  const tiled = tf.tile(tf.reshape(x, [before, shape[axis]!, 1, behind]), [1, 1, times, 1]);
  return tf.reshape(tiled, [...shape.slice(0, axis), shape[axis]! * times, ...shape.slice(axis + 1)]);
}

const globalPooling = (reduce: "max" | "mean"): Plain => ({
  options: { keepdims: false, dataFormat: "channelsLast" },
  shape: ([shape], options) => {
    const axes = spatial(5, options);
    return options["keepdims"] === true
      ? along(shape!, axes, () => 1).map((extent, axis): Extent => (axes.includes(axis) ? 1 : extent))
      : shape!.filter((_, axis) => !axes.includes(axis));
  },
  compute: (tf, [x], options) => tf[reduce](x!, spatial(5, options), options["keepdims"] === true),
});

/** What it does in training is drawn-layers.ts's. */
const spatialDropout: Plain = {
  options: { rate: 0.5, dataFormat: "channelsLast" },
  shape: ([shape]) => shape!,
  compute: (tf, [x]) => tf.clone(x!),
};

const PLAIN: Readonly<Record<string, Plain>> = {
  Subtract: {
    options: {},
    shape: ([first, second]) => first!.map((extent, axis) => (extent === 1 ? second![axis]! : extent)),
    compute: (tf, [first, second]) => tf.sub(first!, second!),
  },
  Identity: { options: {}, shape: ([shape]) => shape!, compute: (tf, [x]) => tf.clone(x!) },
  UnitNormalization: {
    options: { axis: -1 },
    shape: ([shape]) => shape!,
    compute: (tf, [x], { axis }) => {
      // Under the root, whose slope at 0 is no number: of zeros alone nothing is learnt.
      const squares = tf.maximum(tf.sum(tf.square(x!), axis as number | number[], true), 1e-24);
      return tf.div(x!, tf.sqrt(squares));
    },
  },
  ZeroPadding1D: padding(1),
  ZeroPadding3D: padding(3),
  Cropping1D: cropping(1),
  Cropping3D: cropping(3),
  UpSampling1D: upSampling(1),
  UpSampling3D: upSampling(3),
  GlobalMaxPooling3D: globalPooling("max"),
  GlobalAveragePooling3D: globalPooling("mean"),
  SpatialDropout2D: spatialDropout,
  SpatialDropout3D: spatialDropout,
  // What it adds to the loss is in activity-penalties.ts.
  ActivityRegularization: {
    options: { l1: 0, l2: 0 },
    shape: ([shape]) => shape!,
    compute: (tf, [x]) => tf.clone(x!),
  },
};

/** Names of their classes. */
export const PLAIN_LAYERS: readonly string[] = Object.keys(PLAIN);
