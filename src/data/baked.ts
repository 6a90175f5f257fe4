import type { TensorColumn } from "./table.ts";

/**
 * A table after its recipe, in the form a network takes: float32 arrays with rows first, or images that become such when they are read.
 * Numeric predictors become one matrix; an image or tensor predictor alone becomes the input by
 * itself; several tensor predictors become one input each, by name (KERASNIP.md §3).
 */
export interface Baked {
  readonly rows: number;
  /** Which rows of its table these are, where steps left some out (`step_naomit`); absent: all. */
  readonly kept?: Int32Array;
  readonly inputs: ReadonlyMap<string, InputColumn>;
  /** Empty when the table has no outcome columns (new data to predict). */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** What each row's loss is multiplied with (`fit_sample_weight`); absent: 1. */
  readonly weights?: Float32Array;
}

/** An input's rows: in memory, or read when they are needed. */
export type InputColumn = TensorColumn | StreamedColumn;

/** Rows that are made when somebody reads them: images, which are decoded and brought through the recipe then. */
export interface StreamedColumn {
  readonly kind: "streamed";
  /** Of one row. */
  readonly shape: readonly number[];
  /** Random variants of each row (`step_augment`); 1 where there is but the row itself. View v of row r is entry `r * views + v`. */
  readonly views: number;
  /**
   * Entries `from` up to, not with, `to`: (to - from) × product(shape).
   *
   * @throws UserError where an image cannot be read, or is not the size that it was.
   */
  read(from: number, to: number, signal?: AbortSignal): Promise<Float32Array>;
  /**
   * What each of these entries is made from, as 32 hexadecimal digits: of the image's bytes and of all that is done to them. The same
   * image gets the same in another folder, subset or process. Nothing is decoded for it.
   */
  digests(from: number, to: number, signal?: AbortSignal): Promise<string[]>;
  /**
   * The same rows as they are, with one entry each: present where entries are random variants (`step_augment`), also where there is one
   * of each row only. Rows that are validated on or predicted are read from here.
   */
  readonly plain?: StreamedColumn;
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
    /** Of classes: those that the training rows' column has. */
    readonly levels?: readonly string[];
    /** Of numbers: the least and the greatest of the training rows. */
    readonly range?: readonly [number, number];
  }[];
  /** As the steps leave them; `levels` of classes. */
  readonly outcomes: readonly {
    readonly name: string;
    readonly levels?: readonly string[];
    /** What it is in the data, where steps make other classes of it. */
    readonly from?: { readonly levels?: readonly string[] };
  }[];
  /** Columns of other roles: kept for steps that name them, and new data may lack them. */
  readonly others?: readonly { readonly name: string; readonly kind: "numeric" | "nominal" | "image" }[];
  /** Roles of the columns in the data, where `update_role` and its like have given others than the formula does. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /** `learnt` is what the step found in the training rows: means, levels, sizes. */
  readonly steps: readonly {
    readonly step: string;
    readonly columns: readonly string[];
    readonly options: unknown;
    readonly learnt: unknown;
    /** Whether it is done to the training rows alone, where the spec says so; absent: as the kind of step has it. */
    readonly skip?: boolean;
  }[];
}
