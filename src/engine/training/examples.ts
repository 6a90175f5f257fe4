import { randomStream, shuffled } from "../random.ts";
import { gatherValues, type Rows } from "../rows.ts";

/** Rows that are read when they are needed, because there are more of them than memory should hold. */
export interface StreamedRows {
  /** Of one row. */
  readonly shape: readonly number[];
  /** These entries, in this order: `entries.length` × product(shape). */
  read(entries: Int32Array, signal?: AbortSignal): Promise<Float32Array>;
}

/** These entries of an input, wherever it lies. */
export async function entriesOf(
  input: Rows | StreamedRows,
  entries: Int32Array,
  signal?: AbortSignal,
): Promise<Float32Array> {
  return isStreamed(input) ? input.read(entries, signal) : gatherValues(input, entries);
}

export function isStreamed(input: Rows | StreamedRows): input is StreamedRows {
  return "read" in input;
}

/** Rows to learn from, or to validate on. */
export interface Examples {
  readonly rows: number;
  readonly inputs: readonly (Rows | StreamedRows)[];
  /** How many random variants of each row every input has, one after the other; an epoch draws one. Default 1. */
  readonly views?: readonly number[];
  readonly truths: readonly Rows[];
  /** Weight of each row in the loss; null: 1. */
  readonly weights: Float32Array | null;
}

/** In which order an epoch takes its rows, and which variant of each: the same in both engines. */
export function orderOfEpoch(
  { seed, shuffle, train: { rows, views = [] } }: { seed: number; shuffle: boolean; train: Examples },
  epoch: number,
): { readonly order: Int32Array; readonly drawn: Int32Array | null } {
  const order = shuffle
    ? shuffled(rows, randomStream(seed, "shuffle", epoch))
    : Int32Array.from({ length: rows }, (_, i) => i);
  const most = Math.max(1, ...views);
  if (most === 1) return { order, drawn: null };
  const random = randomStream(seed, "views", epoch);
  return { order, drawn: Int32Array.from({ length: rows }, () => Math.floor(random() * most)) };
}
