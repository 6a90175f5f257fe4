import type { Applicable, LayerDescription, TensorDescription } from "./description.ts";
import { SpecError } from "./spec-error.ts";

/**
 * A symbolic tensor: what a layer gives when it is applied. It stands for values that exist only while
 * the model is computed. A block takes tensors by name and returns one.
 */
export interface Tensor extends TensorDescription {
  readonly kind: "tensor";
}

/** A Keras layer. Apply it to tensors; applying one layer twice shares its weights. */
export interface Layer extends LayerDescription {
  /** False freezes the layer: its weights stay as they are, and batch normalisation uses its moving averages. */
  trainable: boolean;
  /**
   * Puts the layer behind one tensor, or behind several for layers that merge.
   *
   * ```ts
   * const hidden = layers.dense({ units: 64, activation: "relu" }).apply(tensor);
   * const both = layers.concatenate().apply([left, right]);
   * ```
   */
  apply(inputs: Tensor | readonly Tensor[]): Tensor;
}

/** The one class behind all of `layers.*`: a frozen description, but for `trainable`. */
export class KerasLayer implements Layer {
  readonly kind = "layer";
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  trainable: boolean;
  constructor(class_name: string, config: Readonly<Record<string, unknown>>) {
    this.class_name = class_name;
    // `trainable` has one home, the property that an author may set later.
    const { trainable = true, ...rest } = config;
    this.config = Object.freeze(rest);
    this.trainable = trainable === true;
    lock(this, ["kind", "class_name", "config"]);
  }
  apply(inputs: Tensor | readonly Tensor[]): Tensor {
    return applied(this, inputs);
  }
}

/** The tensor that `layer` gives for `inputs`. */
export function applied(layer: Applicable, inputs: unknown): Tensor {
  const list: readonly unknown[] = Array.isArray(inputs) ? inputs : [inputs];
  const called = layer.kind === "layer" ? layer.class_name : "a pretrained base";
  if (list.length === 0)
    throw new SpecError("no-tensor", `apply() of ${called} got an empty list: give it at least one tensor.`);
  for (const input of list)
    if (!isTensor(input))
      throw new SpecError(
        "no-tensor",
        `apply() of ${called} takes a tensor or a list of tensors, and got ${named(input)}.`,
      );
  return tensor(layer, list as readonly Tensor[]);
}

/** A tensor without upstream ones is an input. */
export function tensor(layer: Applicable, inputs: readonly Tensor[]): Tensor {
  return Object.freeze({ kind: "tensor", layer, inputs: Object.freeze([...inputs]) });
}

export function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "tensor";
}

export function isApplicable(value: unknown): value is Applicable {
  const kind = typeof value === "object" && value !== null ? (value as { kind?: unknown }).kind : undefined;
  return kind === "layer" || kind === "base";
}

/** What a message calls a value that should have been something else. */
export function named(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return `the text "${value}"`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object") {
    const kind = (value as { kind?: unknown }).kind;
    if (kind === "layer")
      return `the layer ${(value as LayerDescription).class_name} itself (apply it to a tensor first)`;
    return typeof kind === "string" ? `a ${kind}` : "an object";
  }
  return `the ${typeof value} ${String(value)}`;
}

/** Makes these properties read-only and the object closed; others stay writable. */
export function lock(object: object, names: readonly string[]): void {
  for (const name of names) Object.defineProperty(object, name, { writable: false, configurable: false });
  Object.preventExtensions(object);
}
