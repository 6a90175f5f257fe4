import { SpecError } from "./spec-error.ts";

/**
 * Which options a function takes, at run time, tied to its type: adding an option to the type without
 * adding it here, or the reverse, does not compile. Types are erased when a spec runs, and a misspelt
 * option would otherwise be passed over without a word.
 */
export type KnownOptions<Options> = {
  readonly [Key in keyof Options]-?: object extends Pick<Options, Key> ? "optional" : "required";
};

/** A table of options when its type does not matter any more. */
export type OptionTable = Readonly<Record<string, "optional" | "required">>;

/**
 * A frozen copy of `given` without the keys that are undefined.
 *
 * @param where What a message calls the function: `layers.dense`.
 * @throws SpecError for an option that is not known, or a required one that is missing.
 */
export function readOptions(
  where: string,
  known: OptionTable,
  given: unknown,
): Readonly<Record<string, unknown>> {
  if (given === undefined) given = {};
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new SpecError("options-not-an-object", `${where}() takes one object of options: ${where}({ … }).`);

  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  for (const name of Object.keys(options))
    if (!Object.hasOwn(known, name))
      throw new SpecError(
        "unknown-option",
        `${where}() has no option "${name}". ${advice(name, Object.keys(known))}`,
      );
  for (const [name, kind] of Object.entries(known))
    if (kind === "required" && !Object.hasOwn(options, name))
      throw new SpecError("missing-option", `${where}() needs the option "${name}".`);
  return Object.freeze(options);
}

/** "Did you mean …?" when a name is near, else the names there are. */
export function advice(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return names.length === 0 ? "It takes none." : `There are: ${names.join(", ")}.`;
}

function nearest(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.ceil((name.length - 1) / 3) ? best.candidate : undefined;
}

/** Levenshtein's distance, with two neighbouring letters swapped counted as one. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  return rows[a.length]![b.length]!;
}
