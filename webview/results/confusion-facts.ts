import type { Evaluation } from "../../src/protocol/index.ts";

/** What a confusion matrix says, counted once. Rows are truth, columns estimate. */
export interface ClassRow {
  readonly level: string;
  /** How many rows are of this class in truth. */
  readonly n: number;
  /** null where nothing was estimated to be of this class. */
  readonly precision: number | null;
  /** null where nothing is of this class. */
  readonly recall: number | null;
  readonly f: number | null;
}

export function classRows({ levels, confusion }: Pick<Evaluation, "levels" | "confusion">): ClassRow[] {
  return levels.map((level, i) => {
    const n = sum(confusion[i] ?? []);
    const estimated = sum(confusion.map((row) => row[i] ?? 0));
    const right = confusion[i]?.[i] ?? 0;
    const precision = estimated === 0 ? null : right / estimated;
    const recall = n === 0 ? null : right / n;
    const f =
      precision === null || recall === null
        ? null
        : precision + recall === 0
          ? 0
          : (2 * precision * recall) / (precision + recall);
    return { level, n, precision, recall, f };
  });
}

export interface Confused {
  readonly truth: number;
  readonly estimate: number;
  readonly count: number;
}

/** The cells off the diagonal that hold something, the fullest first. */
export function mostConfused({ confusion }: Pick<Evaluation, "confusion">): Confused[] {
  return confusion
    .flatMap((row, truth) => row.map((count, estimate) => ({ truth, estimate, count })))
    .filter((cell) => cell.truth !== cell.estimate && cell.count > 0)
    .sort((a, b) => b.count - a.count || a.truth - b.truth || a.estimate - b.estimate);
}

/**
 * Which classes a matrix shows when there are too many for one: those with the most mistakes, by truth
 * and by estimate, in the order of the levels. All of them where `limit` is enough.
 */
export function classesToShow(
  { levels, confusion }: Pick<Evaluation, "levels" | "confusion">,
  limit: number,
): number[] {
  const all = levels.map((_, i) => i);
  if (levels.length <= limit) return all;
  const wrong = levels.map(() => 0);
  for (const { truth, estimate, count } of mostConfused({ confusion })) {
    wrong[truth] = (wrong[truth] ?? 0) + count;
    wrong[estimate] = (wrong[estimate] ?? 0) + count;
  }
  return all
    .sort((a, b) => (wrong[b] ?? 0) - (wrong[a] ?? 0) || a - b)
    .slice(0, limit)
    .sort((a, b) => a - b);
}

export function rightOf(confusion: Evaluation["confusion"]): number {
  return sum(confusion.map((row, i) => row[i] ?? 0));
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
