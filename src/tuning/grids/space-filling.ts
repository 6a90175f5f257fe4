import { randomStream } from "../../data/random.ts";
import type { ParameterValues, TunedParameter } from "../../protocol/index.ts";
import { fromUnit } from "../parameters/unit.ts";

/** What a design makes small: the sum, over all pairs of candidates, of a power of 1 / distance. */
interface Criterion {
  readonly distance: "l1" | "l2";
  /** High powers are as good as the smallest distance alone (Morris and Mitchell 1995); 2 is Audze and Eglais's force. */
  readonly power: number;
}
const CRITERIA = {
  any: { distance: "l2", power: 16 },
  max_min_l2: { distance: "l2", power: 16 },
  max_min_l1: { distance: "l1", power: 16 },
  audze_eglais: { distance: "l2", power: 2 },
} as const satisfies Record<string, Criterion>;

export type DesignType = keyof typeof CRITERIA;
export const DESIGN_TYPES = Object.keys(CRITERIA) as DesignType[];

/** Swaps that are tried for a small design. */
const SWAPS = 20_000;
/** Distances that are computed for a large one, so that it takes well below a second. */
const DISTANCES = 20_000_000;

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
    Object.fromEntries(
      parameters.map((parameter, i) => {
        const level = levels[i]![row]!;
        const listed = parameter.values !== undefined || size === 1;
        return [parameter.id, fromUnit(parameter, listed ? (level + 0.5) / size : level / (size - 1))];
      }),
    ),
  );
}

/** The level of each row, 0 … size-1, for each of the dimensions. */
export function design(size: number, dimensions: number, criterion: Criterion): Int32Array[] {
  const columns = lattice(size, dimensions);
  const swaps = Math.min(SWAPS, Math.floor(DISTANCES / (size * Math.max(1, dimensions))));
  if (dimensions > 1 && size > 2) moveApart(columns, size, criterion, swaps);
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
    const place = Float64Array.from({ length: size }, (_, row) => (0.5 + step * (row + 1)) % 1);
    const order = new Int32Array(size).map((_, row) => row).sort((a, b) => place[a]! - place[b]!);
    const levels = new Int32Array(size);
    order.forEach((row, level) => (levels[row] = level));
    return levels;
  });
}

/** Exchanges the levels of two rows in one dimension, again and again, where that makes the criterion smaller. */
function moveApart(columns: Int32Array[], size: number, { distance, power }: Criterion, swaps: number): void {
  const random = randomStream(1, "grid_space_filling");
  const near = (a: number, b: number): number => {
    let sum = 0;
    for (const levels of columns) {
      const apart = levels[a]! - levels[b]!;
      sum += distance === "l1" ? Math.abs(apart) : apart * apart;
    }
    return sum ** -(distance === "l1" ? power : power / 2);
  };
  /** The part of the criterion that two rows have in it. Their own distance does not change when they exchange levels. */
  const share = (a: number, b: number): number => {
    let sum = 0;
    for (let row = 0; row < size; row++) if (row !== a && row !== b) sum += near(a, row) + near(b, row);
    return sum;
  };
  for (let i = 0; i < swaps; i++) {
    const levels = columns[random.below(columns.length)]!;
    const a = random.below(size);
    const b = (a + 1 + random.below(size - 1)) % size;
    const before = share(a, b);
    [levels[a], levels[b]] = [levels[b]!, levels[a]!];
    if (share(a, b) > before) [levels[a], levels[b]] = [levels[b]!, levels[a]!];
  }
}
