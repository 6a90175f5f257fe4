import type { ResamplingOptions } from "./resampling-options.ts";

/** One resample: rows to learn from, and rows to predict. Numbers of rows, never copies of them. */
export interface Resample {
  /** rsample's: `Fold1`, `Bootstrap07`; with repeats `Repeat1/Fold1`. */
  readonly id: string;
  /** Of methods that leave out few rows, or learn from more and more, made when it is read: all of them together may not fit into memory. */
  readonly analysis: Int32Array;
  readonly assessment: Int32Array;
}

/** A way to resample: rsample's function of the same name. */
export interface Resampling {
  /** For people: "5-fold cross-validation". */
  label(options: ResamplingOptions): string;
  /** @throws UserError for options that do not fit together, or do not fit the rows. */
  deal(options: ResamplingOptions): readonly Resample[];
}

/** `Fold01` … `Fold10`: numbers are as wide as the last one, as rsample writes them. */
export function numbered(prefix: string, count: number): string[] {
  const width = String(count).length;
  return Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(width, "0")}`);
}

/** Rows by the fold that each is in, each fold's in ascending order; folds count from 0. */
export function rowsByFold(folds: Int32Array, count: number): Int32Array[] {
  const sizes = new Int32Array(count);
  for (const fold of folds) sizes[fold]!++;
  const rows = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(count);
  for (let row = 0; row < folds.length; row++) rows[folds[row]!]![filled[folds[row]!]!++] = row;
  return rows;
}

/** Each fold's rows to predict, all others to learn from; both ascending. */
export function crossValidated(folds: Int32Array, ids: readonly string[]): Resample[] {
  return rowsByFold(folds, ids.length).map((assessment, fold) => {
    const analysisOf = (): Int32Array => {
      const analysis = new Int32Array(folds.length - assessment.length);
      for (let row = 0, at = 0; row < folds.length; row++) if (folds[row] !== fold) analysis[at++] = row;
      return analysis;
    };
    return lazily(ids[fold]!, analysisOf, assessment);
  });
}

/** A resample whose rows to learn from are made when they are read. */
export function lazily(id: string, analysisOf: () => Int32Array, assessment: Int32Array): Resample {
  return {
    id,
    get analysis() {
      return analysisOf();
    },
    assessment,
  };
}

/** The rows from `first` up to and with `last`. */
export function rowsBetween(first: number, last: number): Int32Array {
  const rows = new Int32Array(Math.max(0, last - first + 1));
  for (let i = 0; i < rows.length; i++) rows[i] = first + i;
  return rows;
}

/** Rows below `count` that are not among `taken`, ascending. */
export function otherRows(taken: Int32Array, count: number): Int32Array {
  const isTaken = new Uint8Array(count);
  for (const row of taken) isTaken[row] = 1;
  const others = new Int32Array(count);
  let length = 0;
  for (let row = 0; row < count; row++) if (isTaken[row] === 0) others[length++] = row;
  return others.slice(0, length);
}
