import type { GridDescription } from "../../kspec/tuning-description.ts";
import { UserError, type ParameterValues, type TunedParameter } from "../../protocol/index.ts";
import { distinct } from "./candidate.ts";
import { MOST_CANDIDATES } from "./most-candidates.ts";
import { latinHypercube, randomGrid } from "./random.ts";
import { regularGrid } from "./regular.ts";
import { DESIGN_TYPES, spaceFilling, type DesignType } from "./space-filling.ts";
import { tableGrid } from "./table.ts";

/** Candidates of a tuning that says nothing of its grid (tune's default). */
const USUAL_SIZE = 10;

/**
 * The candidates of a grid, as dials makes them; equal ones are one. Where nothing is tuned (any more) there is one candidate, without values,
 * whatever grid there is, as in tune.
 *
 * @param grid Absent: ten candidates that fill the space; a number says how many.
 * @param seed Where the grid has none. Regular grids, tables and designs that fill the space do not depend on it.
 * @throws UserError for a grid without candidates or with too many, and for one that does not match the parameters.
 */
export function makeGrid(
  grid: GridDescription | number | undefined,
  parameters: readonly TunedParameter[],
  seed: number,
): ParameterValues[] {
  const made = candidatesOf(grid, parameters, seed);
  const candidates = mayRepeat(grid, parameters) ? distinct(made, parameters) : made;
  if (candidates.length === 0)
    throw new UserError(
      "empty-grid",
      "The grid is empty: there is no candidate to try. Give it at least one, or leave the grid out for ten that fill the space.",
    );
  return candidates;
}

/** Combinations are different, and so are places along a range of numbers. Looking takes longer than making a large grid. */
function mayRepeat(
  grid: GridDescription | number | undefined,
  parameters: readonly TunedParameter[],
): boolean {
  if (typeof grid === "object" && grid.method === "table") return true;
  if (typeof grid === "object" && grid.method === "regular") return false;
  return !parameters.some(
    ({ scale, values, range }) =>
      scale === "double" && values === undefined && range !== undefined && range[0] < range[1],
  );
}

function candidatesOf(
  grid: GridDescription | number | undefined,
  parameters: readonly TunedParameter[],
  seed: number,
): ParameterValues[] {
  if (parameters.length === 0) return [{}];
  if (typeof grid === "object" && grid.method === "table") return tableGrid(grid.rows, parameters);
  if (grid === undefined || typeof grid === "number")
    return spaceFilling(parameters, sizeOf("grid", grid, USUAL_SIZE), "any");
  const { method, options } = grid;
  const own = options["seed"] === undefined ? seed : seedOf(method, options["seed"]);
  const size = () => sizeOf(`grid_${method}: size`, options["size"], 5);
  const kept = filterOf(method, options["filter"]);
  switch (method) {
    case "regular":
      return kept(regularGrid(parameters, options["levels"]));
    case "random":
      return kept(randomGrid(parameters, size(), own));
    case "latin_hypercube":
      return kept(latinHypercube(parameters, size(), own));
    case "space_filling": {
      const type = options["type"] ?? "any";
      if (type === "latin_hypercube") return kept(latinHypercube(parameters, size(), own));
      if (!DESIGN_TYPES.includes(type as DesignType))
        throw new UserError(
          "grid-option",
          `grid_space_filling: type is ${String(type)}. Give one of ${[...DESIGN_TYPES, "latin_hypercube"].map((name) => `"${name}"`).join(", ")}.`,
        );
      return kept(spaceFilling(parameters, size(), type as DesignType));
    }
  }
}

function sizeOf(words: string, size: unknown, otherwise: number): number {
  if (size === undefined) return otherwise;
  if (!Number.isSafeInteger(size) || (size as number) < 1)
    throw new UserError("grid-option", `${words} is ${String(size)}. Give a whole number from 1 on.`);
  if ((size as number) > MOST_CANDIDATES)
    throw new UserError(
      "grid-too-large",
      `${words} is ${(size as number).toLocaleString("en")}, and ${MOST_CANDIDATES.toLocaleString("en")} candidates are the most. Ask for fewer.`,
    );
  return size as number;
}

function seedOf(method: string, seed: unknown): number {
  if (Number.isSafeInteger(seed)) return seed as number;
  throw new UserError("grid-option", `grid_${method}: seed is ${String(seed)}. Give a whole number.`);
}

function filterOf(method: string, filter: unknown): (rows: ParameterValues[]) => ParameterValues[] {
  if (typeof filter !== "function") return (rows) => rows;
  return (rows) =>
    rows.filter((values) => {
      try {
        return Boolean((filter as (values: ParameterValues) => unknown)(values));
      } catch (error) {
        throw new UserError(
          "grid-filter",
          `The filter of grid_${method} failed on ${JSON.stringify(values)}: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      }
    });
}

export { configNames } from "./config-names.ts";
