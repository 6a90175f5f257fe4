import { readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import type { ParameterSet } from "./parameters.ts";
import { SpecError } from "./spec-error.ts";
import type { GridDescription, ParametersDescription } from "./tuning-description.ts";

/** Candidates of a tuning by a rule: what `grid_regular()` and its kin give. A table of candidates is a list of objects. */
export type MadeGrid = Extract<
  GridDescription,
  { method: "regular" | "random" | "latin_hypercube" | "space_filling" }
>;

/** Values by parameter id. */
export type CandidateValues = Readonly<Record<string, unknown>>;

export interface GridOptions {
  /** Keeps the candidates for which it is true: `filter: ({ dense_units, rate }) => dense_units < 64 || rate > 0`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the author knows what the ids' values are
  filter?: (values: any) => boolean;
}
export interface RegularGridOptions extends GridOptions {
  /** Values of each parameter, or of each by its id; the others then have 3. Default 3. */
  levels?: number | Readonly<Record<string, number>>;
}
export interface SizedGridOptions extends GridOptions {
  /** Candidates. Default 5. */
  size?: number;
  /** Other seeds draw others. Default: the run's seed. */
  seed?: number;
}
export interface SpaceFillingGridOptions extends SizedGridOptions {
  /** What is made large or small by the design. Default "any": the smallest distance of two candidates. */
  type?: "any" | "max_min_l2" | "max_min_l1" | "audze_eglais" | "latin_hypercube";
}

const filter: KnownOptions<GridOptions> = { filter: "optional" };
const regular: KnownOptions<RegularGridOptions> = { ...filter, levels: "optional" };
const sized: KnownOptions<SizedGridOptions> = { ...filter, size: "optional", seed: "optional" };
const spaceFilling: KnownOptions<SpaceFillingGridOptions> = { ...sized, type: "optional" };

/**
 * Every combination of evenly spaced values (dials' `grid_regular`).
 *
 * ```ts
 * grid_regular({ levels: 3 })
 * grid_regular(parameters({ dense_units: hidden_units([16, 128]) }), { levels: { dense_units: 4 } })
 * ```
 *
 * @param params What they may be. Default: what the names of the tuned arguments say.
 */
export function grid_regular(options?: RegularGridOptions): MadeGrid;
export function grid_regular(params: ParameterSet, options?: RegularGridOptions): MadeGrid;
export function grid_regular(...args: readonly unknown[]): MadeGrid {
  return grid("grid_regular", "regular", regular, args);
}

/**
 * Candidates drawn at random (dials' `grid_random`).
 *
 * ```ts
 * grid_random({ size: 20, seed: 1 })
 * ```
 */
export function grid_random(options?: SizedGridOptions): MadeGrid;
export function grid_random(params: ParameterSet, options?: SizedGridOptions): MadeGrid;
export function grid_random(...args: readonly unknown[]): MadeGrid {
  return grid("grid_random", "random", sized, args);
}

/**
 * Candidates of which no two share a value of any parameter, as far as it has so many (dials' `grid_latin_hypercube`; McKay and others
 * 1979).
 *
 * ```ts
 * grid_latin_hypercube({ size: 20, seed: 1 })
 * ```
 */
export function grid_latin_hypercube(options?: SizedGridOptions): MadeGrid;
export function grid_latin_hypercube(params: ParameterSet, options?: SizedGridOptions): MadeGrid;
export function grid_latin_hypercube(...args: readonly unknown[]): MadeGrid {
  return grid("grid_latin_hypercube", "latin_hypercube", sized, args);
}

/**
 * Candidates spread over the whole space (dials' `grid_space_filling`): the same ones for the same parameters, whatever the seed.
 *
 * ```ts
 * grid_space_filling({ size: 15 })
 * ```
 */
export function grid_space_filling(options?: SpaceFillingGridOptions): MadeGrid;
export function grid_space_filling(params: ParameterSet, options?: SpaceFillingGridOptions): MadeGrid;
export function grid_space_filling(...args: readonly unknown[]): MadeGrid {
  return grid("grid_space_filling", "space_filling", spaceFilling, args);
}

function grid(
  where: string,
  method: MadeGrid["method"],
  known: Readonly<Record<string, "optional" | "required">>,
  args: readonly unknown[],
): MadeGrid {
  const [first] = args;
  const kind = (first as { kind?: unknown } | null | undefined)?.kind;
  const hasParameters = kind === "parameters";
  if (typeof kind === "string" && !hasParameters)
    throw new SpecError(
      "wrong-part",
      `${where}() takes parameters first, ${where}(parameters({ dense_units: hidden_units() })), and got ${named(first)}.`,
    );
  const options = readOptions(where, known, hasParameters ? args[1] : first);
  const { filter } = options;
  if (filter !== undefined && typeof filter !== "function")
    throw new SpecError(
      "bad-option",
      `${where}(): filter must be a function of a candidate's values, and it is ${named(filter)}.`,
    );
  return Object.freeze({
    kind: "grid",
    method,
    ...(hasParameters ? { parameters: first as ParametersDescription } : {}),
    options,
  });
}
