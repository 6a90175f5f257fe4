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
