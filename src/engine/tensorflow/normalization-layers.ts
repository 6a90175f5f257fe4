import { UserError } from "../../protocol/index.ts";
import type { TensorFlow, Tensor } from "./index.ts";

type Shape = (number | null)[];
type Options = Record<string, unknown>;
interface Weight {
  read(): Tensor;
}

/** What TensorFlow.js's own keep; all of it is public at run time. */
interface Layer {
  readonly name: string;
  axis: number | number[];
  epsilon: number;
  gamma?: Weight | null;
  beta?: Weight | null;
  inputSpec: unknown;
  built: boolean;
  addWeight(...options: unknown[]): Weight;
  build(shape: Shape | Shape[]): void;
  call(inputs: Tensor | Tensor[], kwargs: Options): Tensor;
  getConfig(): Options;
}
type LayerClass = new (args: Options) => Layer;

/** Layers that bring each row to a common scale: one that TensorFlow.js 4.22 cannot train, and one that it lacks. */
export function registerNormalizations(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const own = (name: string) => known[name]![0] as unknown as LayerClass;

  /** With weights of fewer axes, put in their places. */
  const scaled = (layer: Layer, unit: Tensor, shape: number[]) => {
    const along = (weight: Weight) => tf.reshape(weight.read(), shape);
    const times = layer.gamma ? tf.mul(unit, along(layer.gamma)) : unit;
    return layer.beta ? tf.add(times, along(layer.beta)) : times;
  };
  const normalized = (x: Tensor, axes: number[], epsilon: number) => {
    const { mean, variance } = tf.moments(x, axes, true);
    return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  };

  /** TensorFlow.js's has no gradient without a scale or a centre, and repeats its weights for each value. */
  class LayerNormalization extends own("LayerNormalization") {
    static readonly className = "LayerNormalization";
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = Array.isArray(inputs) ? inputs[0]! : inputs;
        const axes = this.axis as number[];
        const shape = x.shape.map((extent, i) => (axes.includes(i) ? extent : 1));
        return scaled(this, normalized(x, axes, this.epsilon), shape);
      });
    }
  }

  /** Options and weights are those of batch normalisation, without the averages. */
  class GroupNormalization extends own("BatchNormalization") {
    static readonly className = "GroupNormalization";
    readonly groups: number;
    constructor(args: Options = {}) {
      super(args);
      this.groups = Number(args["groups"] ?? 32);
    }
    override build(inputShape: Shape | Shape[]): void {
      const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
      const channels = shape.at(this.#axis(shape.length));
      const groups = this.groups === -1 ? channels : this.groups;
      if (typeof channels !== "number" || channels % groups! !== 0)
        throw new UserError(
          "bad-groups",
          `The layer ${this.name} makes ${groups} groups of ${channels} channels: give it a number of groups that divides them.`,
        );
      const options = this as unknown as Options;
      const weight = (name: string) =>
        this.addWeight(
          name,
          [channels],
          null,
          options[`${name}Initializer`],
          options[`${name}Regularizer`],
          true,
          options[`${name}Constraint`],
        );
      this.gamma = options["scale"] === false ? null : weight("gamma");
      this.beta = options["center"] === false ? null : weight("beta");
      this.built = true;
    }
    #axis(rank: number): number {
      const axis = this.axis as number;
      return axis < 0 ? axis + rank : axis;
    }
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = Array.isArray(inputs) ? inputs[0]! : inputs;
        const axis = this.#axis(x.rank);
        const channels = x.shape[axis]!;
        const groups = this.groups === -1 ? channels : this.groups;
        const [before, behind] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
        const size = (extents: number[]) => extents.reduce((a, b) => a * b, 1);
        // What lies between the rows and the groups, and behind them, counts as one axis each.
        const grouped = [before[0]!, size(before.slice(1)), groups, (channels / groups) * size(behind)];
        const unit = normalized(tf.reshape(x, grouped), [1, 3], this.epsilon);
        return scaled(this, tf.reshape(unit, x.shape), [channels, ...behind.map(() => 1)]);
      });
    }
    override getConfig(): Options {
      const given = Object.entries(super.getConfig()).filter(([name]) => !/^mov|^momentum$/.test(name));
      return { ...Object.fromEntries(given), groups: this.groups };
    }
  }

  for (const one of [LayerNormalization, GroupNormalization]) tf.serialization.registerClass(one as never);
}
