/** A fitted model as an ONNX file, and what it takes and gives. */
export interface OnnxFile {
  readonly bytes: Uint8Array;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly OnnxOutput[];
}

export interface OnnxInput {
  /** The column's. */
  readonly name: string;
  readonly kind: "numeric" | "nominal" | "image";
  readonly type: "float32" | "float64" | "string";
  /** Rows first; null is any. Images: `[null, height, width, channels]`; other columns: `[null, 1]`. */
  readonly shape: readonly (number | null)[];
}

export interface OnnxOutput {
  readonly name: string;
  readonly outcome: string;
  /** `probability`: rows × levels; `class`: the likeliest level of each row; `value`: rows × 1. */
  readonly kind: "probability" | "class" | "value";
  /** Levels in the order of the columns; of a classification. */
  readonly levels?: readonly string[];
}
