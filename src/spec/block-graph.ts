/**
 * A spec as a graph of layer blocks: what every rule reads. It is built from a text (`language`, with spans) or from
 * the objects of a spec that has been run (`graph-of-description.ts`, without them).
 *
 * Whatever could not be followed is said to be unknown, and rules stay silent about it: a rule speaks only when it is sure.
 */
import type { GivenArgument } from "./spec-file.ts";

/** A stretch of the text, in UTF-16 offsets; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface BlockGraph {
  readonly api: "functional" | "sequential";
  /** undefined where the text does not say it as a string. */
  readonly model_name: string | undefined;
  readonly mode: "classification" | "regression" | "unknown";
  /** In the order of the text; a name that is written twice is here twice, and the last one counts. */
  readonly blocks: readonly Block[];
  /** False where there may be more blocks than these: a spread, a computed name, a text that breaks off. */
  readonly complete: boolean;
  /** Where a problem of the spec as a whole is shown. */
  readonly span?: Span | undefined;
}

export interface Block {
  readonly name: string;
  /** The key in `layer_blocks`. */
  readonly span?: Span | undefined;
  /** The whole entry, key and value. */
  readonly entry?: Span | undefined;
  /** The value: a function, its name, or `inp_spec(…)`. */
  readonly value?: Span | undefined;
  readonly arguments: Arguments;
  readonly wiring: Wiring;
  /** The layer whose output the block returns, as far as the text says it plainly. */
  readonly last_layer?: LastLayer | undefined;
  /** What the block returns, as far as the text says it plainly. Only in files that use pretrained bases. */
  readonly flow?: Flow | undefined;
}

/** How a tensor comes about inside of a block. In a sequential spec the model so far is the tensor. */
export type Flow =
  /** An argument of the block, by its key. */
  | { readonly kind: "argument"; readonly name: string }
  /** Rows as they come in: `layers.input(…)`, or the beginning of a sequential model. */
  | { readonly kind: "input" }
  | { readonly kind: "applied"; readonly layer: AppliedLayer; readonly inputs: readonly Flow[] }
  | { readonly kind: "unknown" };

export interface AppliedLayer {
  /** One of `layers`, of `applications`, or what `load_model` gives. */
  readonly kind: "layer" | "application" | "file";
  /** The member's name: `dense`, `resnet50`; of a file its path, undefined where it is computed. */
  readonly name: string | undefined;
  /** Options that the text names, the last of a name counting. */
  readonly options: readonly GivenArgument[];
  /** False where there may be more options than these. */
  readonly complete: boolean;
  /** Keras's property, as its option or a statement `base.trainable = false` sets it; undefined where that is computed. */
  readonly trainable: boolean | undefined;
  /** Where another option can be written; undefined where the options do not stand in the call. */
  readonly option_place: Place | undefined;
  /** The member's name in the text. */
  readonly span?: Span | undefined;
}

/** Where something can be written: at an offset, between what comes before and after it. */
export interface Place {
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

/** The keys of the one object that a block takes. */
export type Arguments =
  | { readonly kind: "known"; readonly list: readonly BlockArgument[] }
  /** From elsewhere: another file may know them. */
  | { readonly kind: "unknown" }
  /** Nobody can tell them from any text: `...rest`, a bare `args`, more than one parameter. */
  | { readonly kind: "untellable"; readonly reason: string; readonly span?: Span | undefined };

/** The same shape as in the descriptions, where it is attached to the block's function. */
export interface BlockArgument {
  readonly name: string;
  readonly type: ArgumentType;
  /** undefined where its type could not be followed. */
  readonly optional: boolean | undefined;
  readonly span?: Span | undefined;
}
export type ArgumentType = "tensor" | "number" | "string" | "boolean" | "array" | "other" | "unknown";

export type Wiring =
  /** No `inp_spec`: a tensor argument reads the block of its name. */
  | { readonly kind: "names" }
  | { readonly kind: "one"; readonly upstream: Reference }
  | {
      readonly kind: "mapping";
      readonly entries: readonly { readonly argument: Reference; readonly upstream: Reference }[];
      readonly complete: boolean;
      readonly span?: Span | undefined;
    }
  | { readonly kind: "unknown" };

/** A name that is written somewhere and means something else. */
export interface Reference {
  /** undefined where it is computed. */
  readonly name: string | undefined;
  readonly span?: Span | undefined;
}

export interface LastLayer {
  /** A literal name; null where the layer has none (linear); undefined where it cannot be told. */
  readonly activation: string | null | undefined;
  readonly activation_span?: Span | undefined;
  /** A literal number; undefined where it is computed or an argument. */
  readonly units: number | undefined;
  readonly units_span?: Span | undefined;
  /** The layer's name in the text. */
  readonly span?: Span | undefined;
}
