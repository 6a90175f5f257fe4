import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Random numbers of a search: the same for the same seed and the same `stream`, whatever was drawn elsewhere. */
export interface Draws {
  /** From 0 up to, but not, 1. */
  uniform(): number;
  /** Mean 0, standard deviation 1 (Box and Muller). */
  normal(): number;
  /** A whole number from 0 up to, but not, `n`. */
  below(n: number): number;
  /** An index, chosen in proportion to its weight; any of them where all weights are 0. */
  weighted(weights: readonly number[]): number;
}

/** @param stream tells apart what is drawn for different ends, such as one iteration and the next. */
export function drawsOf(seed: number, stream: number): Draws {
  // Seeds next to each other start generators that are alike, so the two numbers are mixed before they are used.
  const random = xoroshiro128plus(mixed(mixed(seed) + stream));
  const uniform = () => uniformFloat64(random);
  const below = (n: number) => Math.floor(uniform() * n);
  return {
    uniform,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    weighted: (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (!(total > 0)) return below(weights.length);
      let left = uniform() * total;
      for (const [index, weight] of weights.entries()) {
        left -= weight;
        if (left < 0) return index;
      }
      return weights.findLastIndex((weight) => weight > 0);
    },
  };
}

/** 0 … n−1 in an order that depends on the draws alone. */
export function shuffled(n: number, draws: Draws): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let last = n - 1; last > 0; last--) {
    const chosen = draws.below(last + 1);
    [order[last], order[chosen]] = [order[chosen]!, order[last]!];
  }
  return order;
}

/** A 32-bit number in which every bit depends on every bit of the first (the finaliser of MurmurHash3). */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
