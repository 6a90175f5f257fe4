import { randomStream } from "../../data/random.ts";
import type { ParameterValues, TunedParameter } from "../../protocol/index.ts";
import { fromUnit } from "../parameters/unit.ts";
import { candidate } from "./candidate.ts";

/** What a design makes small: the sum, over all pairs of candidates, of a power of 1 / distance. */
interface Criterion {
  readonly distance: "l1" | "l2";
  /** High powers are as good as the smallest distance alone (Morris and Mitchell 1995); 2 is Audze and Eglais's force. */
  readonly power: number;
}
export const CRITERIA = {
  any: { distance: "l2", power: 16 },
  max_min_l2: { distance: "l2", power: 16 },
  max_min_l1: { distance: "l1", power: 16 },
  audze_eglais: { distance: "l2", power: 2 },
} as const satisfies Record<string, Criterion>;

export type DesignType = keyof typeof CRITERIA;
export const DESIGN_TYPES = Object.keys(CRITERIA) as DesignType[];

/** Larger designs stay the lattice that they begin as: distances of all pairs would be too many, and it is even already. */
const LARGEST_IMPROVED = 1000;
/** Exchanges that are tried, and distances that are looked at for them, at most: a tenth of a second. */
const EXCHANGES = 30_000;
const DISTANCES = 12_000_000;

/**
 * Candidates spread over the whole space (dials' `grid_space_filling`): a Latin hypercube of levels, both ends among them, whose rows are
 * moved apart by exchanging levels. The same design for the same size and number of parameters.
 */
export function spaceFilling(
  parameters: readonly TunedParameter[],
  size: number,
  type: DesignType,
): ParameterValues[] {
  const levels = design(size, parameters.length, CRITERIA[type]);
  return Array.from({ length: size }, (_, row) =>
    candidate(parameters, (parameter, i) => {
      const level = levels[i]![row]!;
      const listed = parameter.values !== undefined || size === 1;
      return fromUnit(parameter, listed ? (level + 0.5) / size : level / (size - 1));
    }),
  );
}

/** The level of each row, 0 … size-1, for each of the dimensions. */
export function design(size: number, dimensions: number, criterion: Criterion): Int32Array[] {
  const columns = lattice(size, dimensions);
  if (dimensions > 1 && size > 2 && size <= LARGEST_IMPROVED) moveApart(columns, size, criterion);
  return columns;
}

/**
 * Where it begins: the order of multiples of irrational numbers, which lie evenly in any number of dimensions (Roberts's
 * sequence, from the positive root of x^(d+1) = x + 1).
 */
function lattice(size: number, dimensions: number): Int32Array[] {
  let root = 2;
  for (let i = 0; i < 60; i++) root = (1 + root) ** (1 / (dimensions + 1));
  return Array.from({ length: dimensions }, (_, i) => {
    if (i === 0) return new Int32Array(size).map((_, row) => row);
    const step = root ** -i;
    // Place and row in one number: typed arrays sort numbers quickly.
    const places = Float64Array.from(
      { length: size },
      (_, row) => Math.floor(((0.5 + step * (row + 1)) % 1) * 2 ** 31) * 2 ** 20 + row,
    ).sort();
    const levels = new Int32Array(size);
    places.forEach((place, level) => (levels[place % 2 ** 20] = level));
    return levels;
  });
}

/**
 * Exchanges the levels of two rows in one dimension, again and again, where that makes the criterion smaller; and now and then, less and
 * less, where it makes it a little larger, so as not to stop at the first design that no single exchange makes better (threshold
 * accepting; Dueck and Scheuer 1990). The best design is kept.
 */
function moveApart(columns: Int32Array[], size: number, { distance, power }: Criterion): void {
  const random = randomStream(1, "grid_space_filling");
  const apart: (difference: number) => number =
    distance === "l1" ? Math.abs : (difference) => difference * difference;
  const doublings = Math.log2(distance === "l1" ? power : power / 2);
  const force = (separation: number): number => {
    let value = 1 / separation;
    for (let i = 0; i < doublings; i++) value *= value;
    return value;
  };
  const between = new Int32Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++)
      between[a * size + b] = columns.reduce((sum, levels) => sum + apart(levels[a]! - levels[b]!), 0);
  let total = 0;
  for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) total += force(between[a * size + b]!);
  let least = total;
  let best = columns.map((levels) => levels.slice());

  const exchanges = Math.min(EXCHANGES, Math.floor(DISTANCES / size));
  for (let i = 0; i < exchanges; i++) {
    const levels = columns[random.below(columns.length)]!;
    const a = random.below(size);
    const b = (a + 1 + random.below(size - 1)) % size;
    const [levelA, levelB] = [levels[a]!, levels[b]!];
    let change = 0;
    for (let row = 0; row < size; row++) {
      if (row === a || row === b) continue;
      const more = apart(levelB - levels[row]!) - apart(levelA - levels[row]!);
      const fromA = between[a * size + row]!;
      const fromB = between[b * size + row]!;
      change += force(fromA + more) - force(fromA) + force(fromB - more) - force(fromB);
    }
    if (change > 0.3 * least * (1 - i / exchanges) ** 3) continue;
    for (let row = 0; row < size; row++) {
      if (row === a || row === b) continue;
      const more = apart(levelB - levels[row]!) - apart(levelA - levels[row]!);
      between[a * size + row]! += more;
      between[row * size + a]! += more;
      between[b * size + row]! -= more;
      between[row * size + b]! -= more;
    }
    levels[a] = levelB;
    levels[b] = levelA;
    total += change;
    if (total < least * (1 - 1e-9)) {
      least = total;
      best = columns.map((own) => own.slice());
    }
  }
  best.forEach((levels, i) => (columns[i] = levels));
}
