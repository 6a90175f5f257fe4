import type { KerasConfig, WeightValues } from "../../../model/network.ts";
import type { Draw } from "../../draws.ts";
import type { Attributes, Constant, Graph } from "../onnx/graph.ts";
import type { GraphExtents } from "../training/extents.ts";
import type { GraphMath } from "../training/graph-math.ts";
import type { Layouts, Shape, Value } from "../value.ts";
import { permuted } from "./permuted.ts";

export { permuted };

/** Writes one application of a layer, in inference mode unless it is a rule for training, and gives its output. */
export type LayerRule = (call: LayerCall) => Value;

/** A trained weight by the name of its layer and its own: `("conv1", "kernel")`. */
export interface WeightLookup {
  (layer: string, weight: string): WeightValues | undefined;
  /**
   * Names of a layer's own weights in the layer's order, `forward_lstm/kernel` where it holds other layers. Absent: there are
   * none that hold others.
   */
  names?(layer: string): readonly string[];
}

/** Writes a layer that another holds: its weights go by the name of the one that holds it. */
export type InnerLayer = (
  layer: { readonly class_name: string; readonly config: KerasConfig },
  input: Value,
) => { readonly output: Value; readonly costs: Costs };

/** A network whose weights are variables: while it is trained, or validated in between. */
export interface Variables {
  /** The layer does what it does in training: batch statistics, dropout. */
  readonly training: boolean;
  /** The same for a layer that does in training what it does in prediction. */
  still(): Variables;
  /** Whether a weight is a variable; one that is held is a constant. Averages that are moved are variables too. */
  has(layer: string, weight: string): boolean;
  /** The variable of a weight. Whoever asks first says in which order its axes lie in memory. */
  variable(layer: string, weight: string, order: readonly number[]): Variable;
  /** Says what a variable, as a moving average, is after the step. It has the extents of the variable in memory. */
  move(variable: Variable, after: string): void;
  /**
   * Random numbers of this step, an input `[rows, …shape]`: see draws.ts.
   *
   * @param what The layer's name and, where it draws several, which.
   */
  draw(what: string, draw: Draw, shape: readonly number[]): string;
  /** Something that the layer adds to the loss: a scalar. */
  penalty(value: string): void;
  /** Mathematics that writes into the graph. */
  readonly math: GraphMath;
  readonly extents: GraphExtents;
}

/** A weight that changes while a network is trained. */
export interface Variable {
  readonly layer: string;
  readonly weight: string;
  /** Keras's. */
  readonly shape: readonly number[];
  /** Its name in the graph. */
  readonly name: string;
  /** Keras's axes in the order in which they lie in memory; whoever asks first says. */
  readonly order: readonly number[];
}

/** A weight as an operation reads it. */
export interface Parameter {
  readonly name: string;
  /** Keras's. */
  readonly shape: readonly number[];
}

/** What one row asks of a machine: values in memory at once, multiplications of weights. */
export interface Costs {
  readonly values: number;
  readonly multiplications: number;
}

/** A layer or an option of it that has no form in ONNX here. */
export class UnsupportedLayer extends Error {
  readonly layer: string;
  readonly class_name: string;
  readonly reason: string;
  constructor(layer: string, class_name: string, reason: string) {
    super(`The layer ${layer} (${class_name}) ${reason}`);
    this.layer = layer;
    this.class_name = class_name;
    this.reason = reason;
  }
}

/** What a rule is given: the layer, what it reads, its weights, and the graph to write to. */
export class LayerCall {
  readonly name: string;
  readonly class_name: string;
  readonly config: KerasConfig;
  readonly inputs: readonly Value[];
  readonly graph: Graph;
  readonly layouts: Layouts;
  /** What one row costs, where the rule knows it better than the operations that it writes tell. */
  costs: Costs | undefined;
  /** Variables that the rule has asked for: name → Keras's shape. */
  readonly asked = new Map<string, readonly number[]>();
  readonly inner: InnerLayer;
  readonly #weights: WeightLookup;
  /** Absent where weights are constants: in prediction. */
  readonly variables: Variables | undefined;

  constructor(
    layer: { readonly name: string; readonly class_name: string; readonly config: KerasConfig },
    inputs: readonly Value[],
    graph: Graph,
    layouts: Layouts,
    weights: WeightLookup,
    inner: InnerLayer,
    variables?: Variables,
  ) {
    this.name = layer.name;
    this.class_name = layer.class_name;
    this.config = layer.config;
    this.inputs = inputs;
    this.graph = graph;
    this.layouts = layouts;
    this.#weights = weights;
    this.inner = inner;
    this.variables = variables;
  }

  /** The one tensor that it is applied to. */
  get input(): Value {
    if (this.inputs.length !== 1) this.unsupported(`is applied to ${this.inputs.length} tensors.`);
    return this.inputs[0]!;
  }

  add(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.graph.add(op, this.name, inputs, attributes);
  }

  /** A constant of this layer's own, made once for all its applications. */
  constant(name: string, shape: readonly number[], values: Constant["values"]): string {
    return this.graph.constant(`${this.name}/${name}`, shape, values);
  }

  scalar(value: number): string {
    return this.graph.constant(`number ${value}`, [], () => Float32Array.of(value));
  }

  whole(name: string, values: readonly number[]): string {
    return this.constant(`${name} ${values.join(" ")}`, [values.length], () =>
      BigInt64Array.from(values, BigInt),
    );
  }

  /**
   * A weight as an operation reads it: a constant, or a variable where it is trained.
   *
   * @param names The first of these names that there is a weight of.
   * @param order Keras's axes in the order in which the operation has them. Default: Keras's.
   * @param extents What they are in the graph, where axes are put together or added. Default: as they are.
   */
  parameter(
    names: string | readonly string[],
    order?: readonly number[],
    extents?: readonly number[],
  ): Parameter {
    const found = this.optionalParameter(names, order, extents);
    return found ?? this.unsupported(`has no weight ${[names].flat().join(" or ")}.`);
  }

  optionalParameter(
    names: string | readonly string[],
    order?: readonly number[],
    extents?: readonly number[],
  ): Parameter | undefined {
    for (const weight of [names].flat()) {
      const found = this.#weights(this.name, weight);
      if (found === undefined) continue;
      const { shape } = found;
      const axes = order ?? shape.map((_, i) => i);
      const inMemory = axes.map((axis) => shape[axis]!);
      const wanted = extents ?? inMemory;
      if (this.variables?.has(this.name, weight) !== true) {
        // As it is it keeps its name, which those see who open an exported file.
        const asItIs = order === undefined && extents === undefined;
        const name = asItIs ? weight : `${weight} ${axes.join("")} ${wanted.join("×")}`;
        return { shape, name: this.constant(name, wanted, () => permuted(inFloats(found), axes)) };
      }
      const variable = this.variables.variable(this.name, weight, axes);
      let { name } = variable;
      this.asked.set(name, shape);
      const back = axes.map((axis) => variable.order.indexOf(axis));
      if (back.some((axis, i) => axis !== i)) name = this.add("Transpose", [name], { perm: { ints: back } });
      if (wanted.join() !== inMemory.join())
        name = this.add("Reshape", [name, this.whole("extents", wanted)]);
      return { shape, name };
    }
    return undefined;
  }

  /** A weight under the first of these names that there is one of, as numbers: those of a variable are not to be had. */
  weight(...names: readonly string[]): FloatValues {
    const found = this.optionalWeight(...names);
    if (found === undefined) this.unsupported(`has no weight ${names.join(" or ")}.`);
    return found;
  }

  optionalWeight(...names: readonly string[]): FloatValues | undefined {
    for (const name of names) {
      const found = this.#weights(this.name, name);
      if (found !== undefined) return this.#asNumbers(name, found);
    }
    return undefined;
  }

  #asNumbers(name: string, found: WeightValues): FloatValues {
    if (this.variables?.has(this.name, name) !== true) return inFloats(found);
    // The shape can be told; a rule that needs the numbers has no form in training.
    return Object.defineProperty({ shape: found.shape, dtype: "float32" as const }, "values", {
      get: () => this.unsupported("has no form in ONNX that can be trained."),
    }) as FloatValues;
  }

  /**
   * The weights of one name in the layers and cells that this one holds, in their order: `lstm/kernel`,
   * `bidirectional/forward_lstm/kernel` and `bidirectional/backward_lstm/kernel`, `rnn/RNNCell_0/kernel`, ….
   */
  weightsWithin(name: string): FloatValues[] {
    const names = this.#weights.names?.(this.name) ?? [name];
    return names
      .filter((one) => one === name || one.endsWith(`/${name}`))
      .flatMap((one) => {
        const found = this.#weights(this.name, one);
        return found === undefined ? [] : [this.#asNumbers(one, found)];
      });
  }

  /** Names of the weights of one name in the layers and cells that this one holds, in their order; `parameter` takes them. */
  namesWithin(name: string): string[] {
    const names = this.#weights.names?.(this.name) ?? [name];
    return names.filter((one) => one === name || one.endsWith(`/${name}`));
  }

  /** An axis as Keras counts it (0 is the batch, −1 the last), from 0. */
  axis(value: Value, axis: number): number {
    const rank = value.shape.length + 1;
    const found = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(found) || found < 0 || found >= rank)
      this.unsupported(`names the axis ${axis} of a tensor that has ${rank}.`);
    return found;
  }

  /** The number of channels; layers with weights know it. */
  channels(value: Value): number {
    return value.shape.at(-1) ?? this.unsupported("is applied to a tensor with any number of channels.");
  }

  unsupported(reason: string): never {
    throw new UnsupportedLayer(this.name, this.class_name, reason);
  }
}

export type FloatValues = WeightValues & { readonly values: Float32Array };

function inFloats(found: WeightValues): FloatValues {
  return {
    shape: found.shape,
    dtype: "float32",
    // Whoever asks for the shape alone has none of them copied.
    get values() {
      return found.values instanceof Float32Array ? found.values : Float32Array.from(found.values);
    },
  };
}

/** A value of the same shape and layout as another. */
export function like(value: Value, name: string, shape: Shape = value.shape): Value {
  return { ...value, name, shape };
}
