import type { KerasConfig, WeightValues } from "../../../model/network.ts";
import type { Attributes, Constant, Graph } from "../onnx/graph.ts";
import type { Layouts, Shape, Value } from "../value.ts";

/** Writes one application of a layer, in inference mode, and gives its output. */
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
  readonly inner: InnerLayer;
  readonly #weights: WeightLookup;

  constructor(
    layer: { readonly name: string; readonly class_name: string; readonly config: KerasConfig },
    inputs: readonly Value[],
    graph: Graph,
    layouts: Layouts,
    weights: WeightLookup,
    inner: InnerLayer,
  ) {
    this.name = layer.name;
    this.class_name = layer.class_name;
    this.config = layer.config;
    this.inputs = inputs;
    this.graph = graph;
    this.layouts = layouts;
    this.#weights = weights;
    this.inner = inner;
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

  /** A weight under the first of these names that there is one of. */
  weight(...names: readonly string[]): FloatValues {
    const found = this.optionalWeight(...names);
    if (found === undefined) this.unsupported(`has no weight ${names.join(" or ")}.`);
    return found;
  }

  optionalWeight(...names: readonly string[]): FloatValues | undefined {
    for (const name of names) {
      const found = this.#weights(this.name, name);
      if (found !== undefined) return inFloats(found);
    }
    return undefined;
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
        return found === undefined ? [] : [inFloats(found)];
      });
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
