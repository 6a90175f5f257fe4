import { createHash } from "node:crypto";

/**
 * The seed of every fit on a fold: of the tuning's own seed and the fold, so that it depends neither on workers nor on the order of
 * trials, and candidates differ by their values and not by their luck.
 */
export function trialSeed(seed: number, fold: string): number {
  return createHash("sha256").update(`${seed} ${fold}`).digest().readUInt32LE(0) % 2 ** 31;
}
