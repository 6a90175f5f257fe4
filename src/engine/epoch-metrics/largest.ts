import type { TensorMath } from "../tensor-math.ts";

/** 1 for the `k` largest of each row and 0 for the others; of equal ones the first, as in TensorFlow's `top_k`. */
export function isLargest<T>(math: TensorMath<T>, x: T, k: number): T {
  const columns = math.shape(x).at(-1)!;
  // The further in front, the higher.
  const places = math.vector(Array.from({ length: columns }, (_, i) => columns - i));
  let rest = x;
  let chosen: T | undefined;
  for (let i = 0; i < Math.min(k, columns); i++) {
    const place = math.mul(math.equal(rest, math.largest(rest, [-1], true)), places);
    const first = math.equal(place, math.largest(place, [-1], true));
    chosen = chosen === undefined ? first : math.add(chosen, first);
    rest = math.select(first, -Infinity, rest);
  }
  return chosen!;
}
