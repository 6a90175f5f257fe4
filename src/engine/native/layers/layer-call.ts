import type { KerasConfig, WeightValues } from "../../../model/network.ts";
import type { Attributes, Constant, Graph } from "../onnx/graph.ts";
import type { Layouts, Shape, Value } from "../value.ts";

/** Writes one application of a layer, in inference mode, and gives its output. */
export type LayerRule = (call: LayerCall) => Value;

/** A trained weight by the name of its layer and its own: `("conv1", "kernel")`. */
export type WeightLookup = (layer: string, weight: string) => WeightValues | undefined;

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
  costs: { readonly values: number; readonly multiplications: number } | undefined;
  readonly #weights: WeightLookup;

  constructor(
    layer: { readonly name: string; readonly class_name: string; readonly config: KerasConfig },
    inputs: readonly Value[],
    graph: Graph,
    layouts: Layouts,
    weights: WeightLookup,
  ) {
    this.name = layer.name;
    this.class_name = layer.class_name;
    this.config = layer.config;
    this.inputs = inputs;
    this.graph = graph;
    this.layouts = layouts;
    this.#weights = weights;
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
  weight(...names: readonly string[]): WeightValues & { readonly values: Float32Array } {
    const found = this.optionalWeight(...names);
    if (found === undefined) this.unsupported(`has no weight ${names.join(" or ")}.`);
    return found;
  }

  optionalWeight(
    ...names: readonly string[]
  ): (WeightValues & { readonly values: Float32Array }) | undefined {
    for (const name of names) {
      const found = this.#weights(this.name, name);
      if (found === undefined) continue;
      return {
        shape: found.shape,
        dtype: "float32",
        // Whoever asks for the shape alone has none of them copied.
        get values() {
          return found.values instanceof Float32Array ? found.values : Float32Array.from(found.values);
        },
      };
    }
    return undefined;
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

/** A value of the same shape and layout as another. */
export function like(value: Value, name: string, shape: Shape = value.shape): Value {
  return { ...value, name, shape };
}
