import type { ArgumentType, BlockGraph, Span } from "./block-graph.ts";

/** All of one spec file that rules speak of. */
export interface SpecFile {
  readonly specs: readonly BlockGraph[];
  /** Calls of specs, in or outside of a workflow. */
  readonly models: readonly Model[];
  readonly workflows: readonly Workflow[];
  readonly exports: readonly Export[];
  /** False where there may be more exports than these, or the text has a syntax error. */
  readonly complete: boolean;
  /** Where a problem of the file as a whole is shown. */
  readonly span?: Span | undefined;
}

/** A spec with arguments: `resnet_transfer({ dense_units: 64 })`. */
export interface Model {
  readonly spec: BlockGraph;
  /** Of the call and of `.update(…)` and `.set_args(…)` after it; the last one of a name counts. */
  readonly arguments: readonly GivenArgument[];
  /** False where there may be more arguments than these. */
  readonly complete: boolean;
  /** The name that is called. */
  readonly span?: Span | undefined;
  /** The whole call. */
  readonly call?: Span | undefined;
}

export interface GivenArgument {
  readonly name: string;
  readonly value: GivenValue;
  /** The key. */
  readonly span?: Span | undefined;
  readonly value_span?: Span | undefined;
  /** Key and value. */
  readonly entry?: Span | undefined;
}

export interface GivenValue {
  /** "tune" is a call of `tune()`; "function", "object" and "null" are "other" things that a number or a string is not. */
  readonly type: Exclude<ArgumentType, "tensor" | "other"> | "function" | "object" | "null" | "tune";
  /** The value itself where it is a literal number, string or boolean. */
  readonly literal?: number | string | boolean | undefined;
}

export interface Workflow {
  /** undefined where there is none or it cannot be followed. */
  readonly model: Model | undefined;
  /** What the recipe's formula names; undefined where it is not written out (`.`, computed). */
  readonly outcomes: readonly string[] | undefined;
  readonly predictors: readonly string[] | undefined;
  /** How many classes the dataset has, where its description says so. */
  readonly classes: number | undefined;
  /** Another function than `workflow` takes it: it may be tuned or resampled there. */
  readonly handed_on: boolean;
  readonly span?: Span | undefined;
}

export interface Export {
  /** "default" for the default export. */
  readonly name: string;
  readonly kind: "workflow" | "spec" | "model" | "function" | "other" | "unknown";
  readonly workflow?: Workflow | undefined;
  /** The exported name, or the word `default`. */
  readonly span?: Span | undefined;
  /** The statement that makes what is exported. */
  readonly statement?: Span | undefined;
}
