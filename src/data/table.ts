/** A data frame: columns of equal length. What every dataset reader returns and every recipe step takes. */
export interface Table {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
  /** The line each row began at in its text file, from 1, for messages; absent where rows come from no text file. */
  readonly lines?: Int32Array;
}

export type Column = NumericColumn | NominalColumn | ImageColumn | TensorColumn;

export interface NumericColumn {
  readonly kind: "numeric";
  /** NaN is missing. */
  readonly values: Float64Array;
}

/** A factor. */
export interface NominalColumn {
  readonly kind: "nominal";
  readonly levels: readonly string[];
  /** Index into `levels`; -1 is missing. */
  readonly codes: Int32Array;
}

export interface ImageColumn {
  readonly kind: "image";
  readonly images: readonly Image[];
}

export interface Image {
  /** What a message calls it: a path, or `digits/5/0012`. */
  readonly id: string;
  readonly height: number;
  readonly width: number;
  /** 1 (grey) or 3 (RGB). */
  readonly channels: number;
  /** Row by row, channels last, 0–255. */
  read(): Promise<Uint8Array>;
  /** 32 hexadecimal digits of the bytes that it is read from; nothing is decoded for it. */
  digest(): Promise<string>;
}

/** What can be drawn. */
export type Picture = Pick<Image, "height" | "width" | "channels" | "read">;

/** One array a row, all of one shape: what images become, a one-hot outcome, a matrix of predictors. */
export interface TensorColumn {
  readonly kind: "tensor";
  /** Of one row. */
  readonly shape: readonly number[];
  /** rows × product(shape). */
  readonly values: Float32Array;
}

/** What `loadDataset` returns. */
export interface Dataset {
  /** For titles: "digits 5–9", "photos". */
  readonly name: string;
  readonly train: Table;
  /** Present when the dataset brings its own. */
  readonly validation?: Table;
  readonly test?: Table;
  /** Changes when the rows do; a hash. */
  readonly fingerprint: string;
  /** Said to the user: "2 broken images were skipped". */
  readonly notes: readonly string[];
}
