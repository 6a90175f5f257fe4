import { marksOf } from "./marks.ts";
import type { Tuning } from "./spec-file.ts";

/** Levels of a parameter for which a regular grid says none. */
export const LEVELS = 3;

/** How many candidates a tuning has, as far as its text says. */
export interface GridSize {
  readonly candidates: number;
  /** Equal ones may be left out of it, or it may end earlier. */
  readonly at_most: boolean;
}

/** undefined where it cannot be told, or where there is no grid. */
export function gridSizeOf(tuning: Tuning): GridSize | undefined {
  const { grid } = tuning;
  if (grid === undefined || grid === "absent") return undefined;
  if (grid.kind === "table")
    return grid.complete ? { candidates: grid.rows.length, at_most: false } : undefined;
  if (grid.kind === "sized")
    return grid.size === undefined ? undefined : { candidates: grid.size, at_most: false };
  const { levels } = grid;
  const marks = tuning.workflow && marksOf(tuning.workflow);
  if (marks?.complete !== true || grid.parameters === undefined || levels === undefined) return undefined;
  const ids = new Set(marks.list.flatMap(({ id }) => id ?? []));
  const known = new Map(
    [tuning.param_info, grid.parameters].flatMap((one) =>
      one === undefined || one === "absent" ? [] : one.list.map(({ id, values }) => [id, values] as const),
    ),
  );
  let candidates = 1;
  for (const id of ids) {
    const given = typeof levels === "number" ? undefined : levels.find(({ name }) => name === id);
    const own = typeof levels === "number" ? levels : given ? given.value.literal : LEVELS;
    if (typeof own !== "number") return undefined;
    candidates *= Math.min(own, known.get(id) ?? Number.POSITIVE_INFINITY);
  }
  return { candidates, at_most: [...ids].some((id) => known.get(id) === undefined) };
}
