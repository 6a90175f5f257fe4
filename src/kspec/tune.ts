import type { TuneDescription } from "./description.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

/** An argument whose value is searched for: what `tune()` gives. */
export interface Tune extends TuneDescription {
  readonly kind: "tune";
}

/**
 * Marks a model argument whose value is to be searched for.
 *
 * @param id Its name in the results. Default: the argument's name.
 */
export function tune(id?: string): Tune {
  if (id === undefined) return Object.freeze({ kind: "tune" });
  if (typeof id !== "string" || id === "")
    throw new SpecError(
      "bad-tune-id",
      `tune() takes the name of the argument in the results, and got ${named(id)}.`,
    );
  return Object.freeze({ kind: "tune", id });
}
