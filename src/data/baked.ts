import type { TensorColumn } from "./table.ts";

/**
 * A table after its recipe, in the form a network takes: float32 arrays with rows first.
 * Numeric predictors become one matrix; an image or tensor predictor alone becomes the input by
 * itself; several tensor predictors become one input each, by name (KERASNIP.md §3).
 */
export interface Baked {
  readonly rows: number;
  readonly inputs: ReadonlyMap<string, TensorColumn>;
  /** Empty when the table has no outcome columns (new data to predict). */
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

export type Outcome =
  | { readonly kind: "numeric"; readonly values: Float32Array }
  /** `codes` index `levels`; -1 is missing. Encoded one-hot by the engine. */
  | { readonly kind: "nominal"; readonly levels: readonly string[]; readonly codes: Int32Array };

/** A recipe that has learnt from the training rows: plain JSON, saved with the model. */
export interface PreppedRecipe {
  readonly formula: string;
  /** Columns it needs in new data, with what they must be. */
  readonly predictors: readonly {
    readonly name: string;
    readonly kind: "numeric" | "nominal" | "image";
    /** Of images: [height, width, channels] after the recipe; new images are brought to these channels. */
    readonly shape?: readonly number[];
  }[];
  readonly outcomes: readonly { readonly name: string; readonly levels?: readonly string[] }[];
  /** `learnt` is what the step found in the training rows: means, levels, sizes. */
  readonly steps: readonly {
    readonly step: string;
    readonly columns: readonly string[];
    readonly options: unknown;
    readonly learnt: unknown;
  }[];
}
