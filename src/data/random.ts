import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** 0 … n-1 in an order that depends on the seed alone (Fisher and Yates's shuffle). */
export function shuffledIndices(n: number, seed: number): Int32Array {
  const random = xoroshiro128plus(seed);
  const indices = Int32Array.from({ length: n }, (_, index) => index);
  for (let last = n - 1; last > 0; last--) {
    const chosen = uniformInt(random, 0, last);
    const value = indices[last]!;
    indices[last] = indices[chosen]!;
    indices[chosen] = value;
  }
  return indices;
}

/** Random numbers from a seed and a name: streams of other names have nothing to do with one another. */
export interface RandomStream {
  /** A whole number from 0 up to but not including `n`. */
  below(n: number): number;
  /** From 0 up to but not including 1, with 32 random bits. */
  uniform(): number;
  /** Puts the values in another order, in place (Fisher and Yates's shuffle). */
  shuffle<Values extends number[] | Int32Array>(values: Values): Values;
}

/**
 * @param name What the numbers are for: `vfold_cv/Repeat2`.
 */
export function randomStream(seed: number, name: string): RandomStream {
  const random = xoroshiro128plus(mixed(seed, name));
  const below = (n: number) => uniformInt(random, 0, n - 1);
  return {
    below,
    uniform: () => (random.next() >>> 0) / 2 ** 32,
    shuffle(values) {
      for (let last = values.length - 1; last > 0; last--) {
        const chosen = below(last + 1);
        const value = values[last]!;
        values[last] = values[chosen]!;
        values[chosen] = value;
      }
      return values;
    },
  };
}

/** 32 bits of a seed and a name (FNV-1a, then MurmurHash3's finish, so that neighbouring seeds are far apart). */
function mixed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${seed}/${name}`, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
