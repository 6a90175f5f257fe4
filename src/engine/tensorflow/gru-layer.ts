import type { TensorFlow, Tensor } from "./index.ts";

type Shape = (number | null)[];
type Kwargs = Record<string, unknown>;
interface Weight {
  read(): Tensor;
}
interface Activation {
  apply(x: Tensor): Tensor;
}

/** What the cell keeps; all of it is public at run time. */
interface Cell {
  units: number;
  useBias: boolean;
  activation: Activation;
  recurrentActivation: Activation;
  dropout: number;
  recurrentDropout: number;
  dropoutMask: Tensor[] | null;
  recurrentDropoutMask: Tensor[] | null;
  kernel: Weight;
  recurrentKernel: Weight;
  bias: Weight | null;
  built: boolean;
  addWeight(...options: unknown[]): Weight;
  build(shape: Shape | Shape[]): void;
  call(inputs: Tensor[], kwargs: Kwargs): Tensor[];
  getConfig(): Record<string, unknown>;
}
interface Layer {
  cell: unknown;
  getConfig(): Record<string, unknown>;
}
type Class<Members> = new (args: Record<string, unknown>) => Members;

/**
 * GRU as Keras has it by default, `reset_after = true`: the reset gate is applied behind the recurrent product, which has a bias of
 * its own. TensorFlow.js 4.22 has the other form alone, and keeps it here.
 */
export function registerGru(tf: TensorFlow): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const own = <Members>(name: string) => known[name]![0] as unknown as Class<Members>;

  class GRUCell extends own<Cell>("GRUCell") {
    static readonly className = "GRUCell";
    readonly resetAfter: boolean;
    constructor(args: Record<string, unknown>) {
      super({ ...args, resetAfter: false });
      this.resetAfter = args["resetAfter"] === true;
    }
    override build(inputShape: Shape | Shape[]): void {
      if (!this.resetAfter) return super.build(inputShape);
      const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
      const options = this as unknown as Record<string, unknown>;
      const weight = (name: string, extents: number[], kind: string) =>
        this.addWeight(
          name,
          extents,
          null,
          options[`${kind}Initializer`],
          options[`${kind}Regularizer`],
          true,
          options[`${kind}Constraint`],
        );
      this.kernel = weight("kernel", [shape.at(-1)!, 3 * this.units], "kernel");
      this.recurrentKernel = weight("recurrent_kernel", [this.units, 3 * this.units], "recurrent");
      this.bias = this.useBias ? weight("bias", [2, 3 * this.units], "bias") : null;
      this.built = true;
    }
    override call(inputs: Tensor[], kwargs: Kwargs): Tensor[] {
      if (!this.resetAfter) return super.call(inputs, kwargs);
      return tf.tidy(() => {
        let [x, state] = inputs as [Tensor, Tensor];
        const training = kwargs["training"] === true;
        // One mask for all steps of a batch; the layer lets go of it before the next.
        const mask = (like: Tensor, rate: number) => {
          const ones = tf.onesLike(like);
          return [tf.keep((training ? tf.dropout(ones, rate) : ones).clone())];
        };
        if (between(this.dropout)) {
          this.dropoutMask ??= mask(x, this.dropout);
          x = tf.mul(x, this.dropoutMask[0]!);
        }
        if (between(this.recurrentDropout)) {
          this.recurrentDropoutMask ??= mask(state, this.recurrentDropout);
          state = tf.mul(state, this.recurrentDropoutMask[0]!);
        }
        const biases = this.bias === null ? undefined : tf.unstack(this.bias.read());
        const product = (value: Tensor, kernel: Weight, bias: Tensor | undefined) => {
          const result = tf.matMul(value, kernel.read());
          return tf.split(bias === undefined ? result : tf.add(result, bias), 3, 1) as [
            Tensor,
            Tensor,
            Tensor,
          ];
        };
        const [xz, xr, xh] = product(x, this.kernel, biases?.[0]);
        const [sz, sr, sh] = product(state, this.recurrentKernel, biases?.[1]);
        const z = this.recurrentActivation.apply(tf.add(xz, sz));
        const r = this.recurrentActivation.apply(tf.add(xr, sr));
        const candidate = this.activation.apply(tf.add(xh, tf.mul(r, sh)));
        const next = tf.add(tf.mul(z, state), tf.mul(tf.sub(1, z), candidate));
        return [next, next];
      });
    }
    override getConfig(): Record<string, unknown> {
      return { ...super.getConfig(), resetAfter: this.resetAfter };
    }
  }

  class GRU extends own<Layer>("GRU") {
    static readonly className = "GRU";
    constructor(args: Record<string, unknown>) {
      super({ ...args, resetAfter: false });
      if (args["resetAfter"] === true) this.cell = new GRUCell(args);
    }
  }

  for (const one of [GRUCell, GRU]) tf.serialization.registerClass(one as never);
}

function between(rate: number): boolean {
  return rate > 0 && rate < 1;
}
