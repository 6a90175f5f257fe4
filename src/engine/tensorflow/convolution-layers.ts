import { UserError } from "../../protocol/index.ts";
import type { TensorFlow, Tensor } from "./index.ts";

type Shape = (number | null)[];
type Kwargs = Record<string, unknown>;
interface Weight {
  read(): Tensor;
}

/** What the layers keep; all of it is public at run time. */
interface Convolution {
  name: string;
  filters: number;
  kernelSize: number[];
  strides: number[];
  padding: "same" | "valid" | "causal";
  dataFormat: string;
  dilationRate: number | number[];
  activation: { apply(x: Tensor): Tensor } | null;
  useBias: boolean;
  kernel: Weight;
  bias: Weight | null;
  inputSpec: unknown;
  built: boolean;
  addWeight(...options: unknown[]): Weight;
  build(shape: Shape | Shape[]): void;
  call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor;
  computeOutputShape(shape: Shape | Shape[]): Shape;
  getConfig(): Record<string, unknown>;
}
type Class = new (args: Record<string, unknown>) => Convolution;

/**
 * Convolutions in groups, whose filters each read a part of the channels (TensorFlow.js 4.22 passes `groups` over), causal
 * ones of sequences (which it refuses), and ones with gaps (of which it refuses some gradients).
 */
export function registerConvolutions(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  for (const [rank, className] of ["Conv1D", "Conv2D", "Conv3D"].entries()) {
    const own = known[className]![0] as unknown as Class;
    const dimensions = rank + 1;

    class Grouped extends own {
      static readonly className = className;
      readonly groups: number;
      constructor(args: Record<string, unknown>) {
        super(args);
        this.groups = Number(args["groups"] ?? 1);
      }
      override build(inputShape: Shape | Shape[]): void {
        if (this.groups === 1) return super.build(inputShape);
        const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
        const axis = this.dataFormat === "channelsFirst" ? 1 : shape.length - 1;
        const channels = shape[axis]!;
        if (!(this.groups > 1) || channels % this.groups !== 0 || this.filters % this.groups !== 0)
          throw new UserError(
            "bad-groups",
            `The layer ${this.name} has ${this.groups} groups, and its ${channels} channels and ${this.filters} filters must be multiples of that.`,
          );
        const options = this as unknown as Record<string, unknown>;
        const weight = (name: string, extents: number[]) =>
          this.addWeight(
            name,
            extents,
            null,
            options[`${name}Initializer`],
            options[`${name}Regularizer`],
            true,
            options[`${name}Constraint`],
          );
        this.kernel = weight("kernel", [...this.kernelSize, channels / this.groups, this.filters]);
        this.bias = this.useBias ? weight("bias", [this.filters]) : null;
        this.inputSpec = [{ ndim: dimensions + 2, axes: { [axis]: channels } }];
        this.built = true;
      }
      override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
        const first = this.dataFormat === "channelsFirst";
        // (Of a sequence whose channels are first TensorFlow.js gives them last.)
        // (A convolution with gaps and without an activation it fuses with its bias, and then refuses the gradient.)
        const gaps = [this.dilationRate].flat().some((rate) => rate !== 1);
        const same = this.groups === 1 && this.padding !== "causal" && !(first && dimensions === 1) && !gaps;
        if (same) return super.call(inputs, kwargs);
        return tf.tidy(() => {
          let x = Array.isArray(inputs) ? inputs[0]! : inputs;
          const axes = [...x.shape.keys()];
          if (first) x = tf.transpose(x, [0, ...axes.slice(2), 1]);
          if (this.padding === "causal")
            x = tf.pad(x, [
              [0, 0],
              [reach(this), 0],
              [0, 0],
            ]);
          let y = inGroups(tf, x, this.kernel.read(), this.groups, this);
          if (this.bias !== null) y = tf.add(y, this.bias.read());
          if (first) y = tf.transpose(y, [0, axes.length - 1, ...axes.slice(1, -1)]);
          return this.activation === null ? y : this.activation.apply(y);
        });
      }
      override computeOutputShape(inputShape: Shape | Shape[]): Shape {
        if (this.padding !== "causal") return super.computeOutputShape(inputShape);
        const [batch, steps] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as [
          number,
          number | null,
        ];
        return [batch, steps === null ? null : Math.ceil(steps / this.strides[0]!), this.filters];
      }
      override getConfig(): Record<string, unknown> {
        return { ...super.getConfig(), ...(this.groups === 1 ? {} : { groups: this.groups }) };
      }
    }
    tf.serialization.registerClass(Grouped as never);
  }
}

/** How many steps before itself a causal convolution sees. */
function reach({ kernelSize, dilationRate }: Convolution): number {
  return (kernelSize[0]! - 1) * [dilationRate].flat()[0]!;
}

/** Channels last. Filters of a group stand next to each other, as in Keras. */
function inGroups(tf: TensorFlow, x: Tensor, kernel: Tensor, groups: number, layer: Convolution): Tensor {
  const { strides, kernelSize, filters } = layer;
  const padding = layer.padding === "same" ? "same" : "valid";
  const dilations = [layer.dilationRate].flat();
  const channels = x.shape.at(-1)!;
  if (groups === channels && kernelSize.length === 2 && strides[0] === strides[1]) {
    // Each channel by itself is what a depthwise convolution is, in one operation.
    const depthwise = tf.reshape(kernel, [...kernelSize, channels, filters / channels]);
    return tf.depthwiseConv2d(
      x as never,
      depthwise as never,
      strides as [number, number],
      padding,
      "NHWC",
      dilations as [number, number],
    );
  }
  const convolve = (part: Tensor, filter: Tensor): Tensor => {
    if (kernelSize.length === 1)
      return tf.conv1d(part as never, filter as never, strides[0]!, padding, "NWC", dilations[0]!);
    if (kernelSize.length === 2)
      return tf.conv2d(
        part as never,
        filter as never,
        strides as [number, number],
        padding,
        "NHWC",
        dilations as never,
      );
    return tf.conv3d(part as never, filter as never, strides as never, padding, "NDHWC", dilations as never);
  };
  // TensorFlow.js has no gradient of what is split into one part.
  if (groups === 1) return convolve(x, kernel);
  const parts = tf.split(x, groups, x.rank - 1);
  const kernels = tf.split(kernel, groups, kernel.rank - 1);
  return tf.concat(
    parts.map((part, i) => convolve(part, kernels[i]!)),
    x.rank - 1,
  );
}
