import { UserError } from "../protocol/index.ts";
import { shuffledIndices } from "./random.ts";

/** Options that images and CSV files share. */
export interface SplitOptions {
  /** A share of all rows (below 1) or a number of rows. */
  readonly test?: number;
  readonly validation?: number;
  /** Of the rows that test and validation leave; absent: all of them. */
  readonly train?: number;
  readonly seed?: number;
}

export interface SplitRows {
  readonly train: Int32Array;
  /** Present when asked for. */
  readonly validation?: Int32Array;
  readonly test?: Int32Array;
}

/**
 * Deals rows out to the sets. The order is shuffled by the seed (default 1) first, then test takes the first rows,
 * validation the next, and training the rest: the test rows of one seed stay the same whatever `train` is.
 *
 * @param what How a message calls the data: a path.
 * @throws UserError `split` where the numbers do not fit together or leave a set empty.
 */
export function splitRows(rows: number, options: SplitOptions, what: string): SplitRows {
  const test = countOf("test", options.test, rows, what);
  const validation = countOf("validation", options.validation, rows, what);
  const left = rows - test - validation;
  if (left < 1)
    throw new UserError(
      "split",
      `${what} has ${rows} rows: ${describe(test, validation)} leave none to train on. Ask for fewer.`,
    );
  const train = options.train === undefined ? left : countOf("train", options.train, left, what);
  if (train > left)
    throw new UserError(
      "split",
      `${what} has ${left} rows to train on${test + validation > 0 ? ` beside ${describe(test, validation)}` : ""}, and train asks for ${train}. Ask for ${left} or fewer.`,
    );
  const order = shuffledIndices(rows, seedOf(options.seed, what));
  return {
    train: order.subarray(test + validation, test + validation + train),
    ...(options.validation === undefined ? {} : { validation: order.subarray(test, test + validation) }),
    ...(options.test === undefined ? {} : { test: order.subarray(0, test) }),
  };
}

function describe(test: number, validation: number): string {
  const parts = [];
  if (test > 0) parts.push(`${test} for test`);
  if (validation > 0) parts.push(`${validation} for validation`);
  return parts.join(" and ");
}

/** A share rounds to the nearest number of rows, and to one at least. */
function countOf(option: string, asked: number | undefined, rows: number, what: string): number {
  if (asked === undefined) return 0;
  if (typeof asked !== "number" || !(asked > 0) || (asked >= 1 && !Number.isInteger(asked)))
    throw new UserError(
      "split",
      `${what}: ${option} is ${String(asked)}. Give a share between 0 and 1, or a whole number of rows.`,
    );
  return asked < 1 ? Math.max(1, Math.round(asked * rows)) : asked;
}

export function seedOf(seed: number | undefined, what: string): number {
  if (seed === undefined) return 1;
  if (!Number.isSafeInteger(seed))
    throw new UserError("split", `${what}: seed is ${String(seed)}. Give a whole number.`);
  return seed;
}
