import type { Candidate } from "../../protocol/index.ts";

/**
 * Names of the candidates that a search goes through, as tune has them: `iter01` … `iter10`. After an earlier search of the kind they
 * are numbered on.
 */
export function iterationNames(before: readonly Pick<Candidate, "config">[], n: number): string[] {
  const last = before.reduce((most, { config }) => {
    const number = /^iter(\d+)$/.exec(config)?.[1];
    return number === undefined ? most : Math.max(most, Number(number));
  }, 0);
  const width = String(last + n).length;
  return Array.from({ length: n }, (_, i) => `iter${String(last + i + 1).padStart(width, "0")}`);
}
