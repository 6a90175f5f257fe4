import { UserError } from "../../protocol/index.ts";
import { carryMasks, maskOf } from "./carried-masks.ts";
import { drawn } from "./drawn-layers.ts";
import type { TensorFlow, Tensor } from "./index.ts";

type Shape = (number | null)[];
type Options = Record<string, unknown>;
interface Weight {
  read(): Tensor;
}

/** What TensorFlow.js's own keep; all of it is public at run time. */
interface Layer {
  readonly name: string;
  inputSpec: unknown;
  built: boolean;
  supportsMasking: boolean;
  addWeight(...options: unknown[]): Weight;
  build(shape: Shape | Shape[]): void;
  call(inputs: Tensor | Tensor[], kwargs: Options): Tensor;
  computeOutputShape(shape: Shape | Shape[]): Shape;
  computeMask(inputs: unknown, mask?: unknown): Tensor | Tensor[] | null;
  getConfig(): Options;
}
type LayerClass = new (args: Options) => Layer;

/** Keras's attention, of which TensorFlow.js 4.22 has none: applied to query, value and, where it is not the value, key. */
export function registerAttention(tf: TensorFlow): void {
  carryMasks(tf);
  const known = tf.serialization.SerializationMap.getMap().classNameMap;

  /** The values, each step's as much as its score says. */
  const attend = (layer: Layer, scores: Tensor, mask: Tensor | null, values: Tensor, options: Options) => {
    const rate = Number(options["dropout"]);
    let weights: Tensor;
    if (mask === null) weights = tf.softmax(scores);
    else {
      const far = tf.mul(tf.sub(mask, 1), 1e9);
      weights = tf.softmax(tf.add(tf.mul(scores, mask), far));
      // A query that is passed over reads the mean of all, in Keras 3.15, or nothing where there is a dropout.
      if (rate > 0 && scores.rank === 4) weights = tf.mul(weights, mask);
    }
    if (options["training"] === true && rate > 0)
      weights = tf.mul(weights, drawn(tf, layer.name, { kind: "keep", rate }, weights.shape));
    return tf.matMul(weights, values);
  };

  /** 1 where a step may be looked at; null where all may. */
  const together = (masks: readonly (Tensor | null)[], causal: boolean, steps: number, read: number) => {
    const all = masks.filter((one) => one !== null).map((one) => tf.cast(one, "float32"));
    if (causal) all.push(tf.linalg.bandPart(tf.ones([steps, read]), -1, 0));
    return all.length === 0 ? null : all.reduce((product, one) => tf.mul(product, one));
  };
  const along = (mask: Tensor | null | undefined, shape: (mask: Tensor) => number[]) =>
    mask == null ? null : tf.reshape(mask, shape(mask));

  /** Options of kernels and biases are those of a dense layer. */
  class MultiHeadAttention extends (known["Dense"]![0] as unknown as LayerClass) {
    static readonly className = "MultiHeadAttention";
    readonly numHeads: number;
    readonly keyDim: number;
    readonly valueDim: number;
    readonly dropout: number;
    readonly useCausalMask: boolean;
    readonly #width: number | null;
    readonly #weights = new Map<string, Weight>();
    constructor(args: Options) {
      super({ ...args, units: Number(args["keyDim"]) });
      this.numHeads = Number(args["numHeads"]);
      this.keyDim = Number(args["keyDim"]);
      this.valueDim = Number(args["valueDim"] ?? args["keyDim"]);
      this.dropout = Number(args["dropout"] ?? 0);
      this.useCausalMask = args["useCausalMask"] === true;
      const [width, ...more] = [args["outputShape"] ?? []].flat() as number[];
      this.#width = width ?? null;
      this.inputSpec = null;
      this.supportsMasking = true;
      const axes = [args["attentionAxes"] ?? 1].flat() as number[];
      const refused =
        (axes.join() !== "1" && "attention_axes") ||
        (args["useGate"] === true && "use_gate") ||
        (args["slidingWindow"] != null && "sliding_window") ||
        (more.length > 0 && "output_shape of several axes");
      if (refused !== false)
        throw new UserError(
          "layer-option",
          `The layer ${this.name} (MultiHeadAttention) has the option ${refused}, which KSpec does not compute: take it away.`,
        );
    }
    override build(shapes: Shape | Shape[]): void {
      const [query, value, key] = sequences(this.name, shapes);
      const options = this as unknown as Options;
      const weight = (name: string, kind: "kernel" | "bias", shape: number[]) => {
        const settings = ["Initializer", "Regularizer"].map((one) => options[`${kind}${one}`]);
        const constraint = options[`${kind}Constraint`];
        const made = this.addWeight(`${name}/${kind}`, shape, null, ...settings, true, constraint);
        this.#weights.set(`${name}/${kind}`, made);
      };
      const dense = (name: string, kernel: number[], bias: number[]) => {
        weight(name, "kernel", kernel);
        if (options["useBias"] !== false) weight(name, "bias", bias);
      };
      const { numHeads, keyDim, valueDim } = this;
      dense("query", [query.at(-1)!, numHeads, keyDim], [numHeads, keyDim]);
      dense("key", [key.at(-1)!, numHeads, keyDim], [numHeads, keyDim]);
      dense("value", [value.at(-1)!, numHeads, valueDim], [numHeads, valueDim]);
      const width = this.#width ?? query.at(-1)!;
      dense("attention_output", [numHeads, valueDim, width], [width]);
      this.built = true;
    }
    override computeOutputShape(shapes: Shape | Shape[]): Shape {
      const [query] = sequences(this.name, shapes);
      return [...query.slice(0, -1), this.#width ?? query.at(-1)!];
    }
    override computeMask(_: unknown, masks?: unknown): Tensor | null {
      return Array.isArray(masks) ? (masks as (Tensor | null)[])[0]! : null;
    }
    /** `[rows, steps, width]` as `[rows, heads, steps, size]`. */
    #project(name: string, x: Tensor): Tensor {
      const [rows, steps, width] = x.shape as [number, number, number];
      const kernel = this.#weights.get(`${name}/kernel`)!.read();
      const [, heads, size] = kernel.shape as [number, number, number];
      const flat = tf.matMul(tf.reshape(x, [-1, width]), tf.reshape(kernel, [width, heads * size]));
      const apart = tf.reshape(flat, [rows, steps, heads, size]);
      const bias = this.#weights.get(`${name}/bias`)?.read();
      return tf.transpose(bias === undefined ? apart : tf.add(apart, bias), [0, 2, 1, 3]);
    }
    override call(inputs: Tensor | Tensor[], kwargs: Options): Tensor {
      const [query, value, key = value] = inputs as [Tensor, Tensor, Tensor?];
      return tf.tidy(() => {
        const [rows, steps] = query.shape as [number, number];
        const read = value.shape[1]!;
        const queries = tf.mul(this.#project("query", query), 1 / Math.sqrt(this.keyDim));
        const scores = tf.matMul(queries, this.#project("key", key), false, true);
        const [ofQuery, ofValue, ofKey] = [query, value, key].map(maskOf);
        const masks = [
          along(ofQuery, () => [rows, 1, steps, 1]),
          along(ofValue, () => [rows, 1, 1, read]),
          along(key === value ? null : ofKey, () => [rows, 1, 1, read]),
        ];
        const options = { dropout: this.dropout, training: kwargs["training"] };
        const mask = together(masks, this.useCausalMask, steps, read);
        const heads = attend(this, scores, mask, this.#project("value", value), options);
        const side = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [rows * steps, -1]);
        const kernel = this.#weights.get("attention_output/kernel")!.read();
        const product = tf.matMul(side, tf.reshape(kernel, [side.shape[1]!, kernel.shape.at(-1)!]));
        const bias = this.#weights.get("attention_output/bias")?.read();
        const output = bias === undefined ? product : tf.add(product, bias);
        return tf.reshape(output, [rows, steps, kernel.shape.at(-1)!]);
      });
    }
    override getConfig(): Options {
      const { units: _, activation: __, ...config } = super.getConfig();
      const { numHeads, keyDim, valueDim, dropout, useCausalMask } = this;
      return {
        ...config,
        numHeads,
        keyDim,
        valueDim,
        dropout,
        ...(this.#width === null ? {} : { outputShape: this.#width }),
        ...(useCausalMask ? { useCausalMask } : {}),
      };
    }
  }

  /** What the two smaller ones share: no projections, one head. */
  abstract class OneHead extends (tf.layers.Layer as unknown as LayerClass) {
    readonly dropout: number;
    readonly useScale: boolean;
    readonly useCausalMask: boolean;
    protected scale: Weight | null = null;
    constructor(args: Options, useScale: boolean) {
      super(args);
      this.dropout = Number(args["dropout"] ?? 0);
      this.useScale = args["useScale"] === undefined ? useScale : args["useScale"] === true;
      this.useCausalMask = args["useCausalMask"] === true;
      this.supportsMasking = true;
    }
    protected abstract scores(query: Tensor, key: Tensor): Tensor;
    override computeOutputShape(shapes: Shape | Shape[]): Shape {
      const [query, value] = sequences(this.name, shapes);
      return [...query.slice(0, -1), value.at(-1)!];
    }
    override computeMask(_: unknown, masks?: unknown): Tensor | null {
      return Array.isArray(masks) ? (masks as (Tensor | null)[])[0]! : null;
    }
    override call(inputs: Tensor | Tensor[], kwargs: Options): Tensor {
      const [query, value, key = value] = inputs as [Tensor, Tensor, Tensor?];
      return tf.tidy(() => {
        const [rows, steps] = query.shape as [number, number];
        const read = value.shape[1]!;
        const [ofQuery, ofValue] = [query, value].map(maskOf);
        const masks = [along(ofValue, () => [rows, 1, read])];
        const mask = together(masks, this.useCausalMask, steps, read);
        const options = { dropout: this.dropout, training: kwargs["training"] };
        const output = attend(this, this.scores(query, key), mask, value, options);
        const passed = along(ofQuery, () => [rows, steps, 1]);
        return passed === null ? output : tf.mul(output, tf.cast(passed, "float32"));
      });
    }
    /** tanh((query + key) · scale) of each step of one and each of the other, `[rows, steps, steps, width]`. */
    protected bentSums(query: Tensor, key: Tensor, scale: Tensor | number): Tensor {
      return tf.tanh(tf.mul(tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1)), scale));
    }
    override getConfig(): Options {
      const { dropout, useScale, useCausalMask } = this;
      return { ...super.getConfig(), dropout, useScale, ...(useCausalMask ? { useCausalMask } : {}) };
    }
  }

  class Attention extends OneHead {
    static readonly className = "Attention";
    readonly scoreMode: string;
    #weight: Weight | null = null;
    constructor(args: Options = {}) {
      super(args, false);
      this.scoreMode = String(args["scoreMode"] ?? "dot");
    }
    override build(shapes: Shape | Shape[]): void {
      sequences(this.name, shapes);
      const one = (name: string) => this.addWeight(name, [], null, tf.initializers.ones(), null, true);
      if (this.useScale) this.scale = one("scale");
      if (this.scoreMode === "concat") this.#weight = one("concat_score_weight");
      this.built = true;
    }
    protected override scores(query: Tensor, key: Tensor): Tensor {
      const scale = this.scale?.read() ?? 1;
      if (this.#weight !== null)
        return tf.mul(tf.sum(this.bentSums(query, key, scale), -1), this.#weight.read());
      return tf.mul(tf.matMul(query, key, false, true), scale);
    }
    override getConfig(): Options {
      return { ...super.getConfig(), scoreMode: this.scoreMode };
    }
  }

  class AdditiveAttention extends OneHead {
    static readonly className = "AdditiveAttention";
    constructor(args: Options = {}) {
      super(args, true);
    }
    override build(shapes: Shape | Shape[]): void {
      const [query] = sequences(this.name, shapes);
      const glorot = tf.initializers.glorotUniform({});
      if (this.useScale) this.scale = this.addWeight("scale", [query.at(-1)!], null, glorot, null, true);
      this.built = true;
    }
    protected override scores(query: Tensor, key: Tensor): Tensor {
      return tf.sum(tf.mul(this.bentSums(query, key, 1), this.scale?.read() ?? 1), -1);
    }
  }

  for (const one of [MultiHeadAttention, Attention, AdditiveAttention])
    tf.serialization.registerClass(one as never);
}

/** Shapes of query, value and key. */
function sequences(name: string, shapes: Shape | Shape[]): [Shape, Shape, Shape] {
  const all = (Array.isArray(shapes[0]) ? shapes : [shapes]) as Shape[];
  const [query, value, key = value] = all;
  if (value === undefined || all.length > 3)
    throw new UserError(
      "attention-inputs",
      `The layer ${name} is applied to ${all.length === 1 ? "one tensor" : `${all.length} tensors`}: give it query and value, apply([query, value]), and the key where it is not the value.`,
    );
  if (all.some((shape) => shape.length !== 3))
    throw new UserError(
      "attention-inputs",
      `The layer ${name} reads sequences of vectors, [steps, width] a row, and is given ${all.map((shape) => `[${shape.slice(1).join(", ")}]`).join(" and ")}.`,
    );
  return [query!, value, key!];
}
