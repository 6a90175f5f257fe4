import { didYouMean, listNames } from "../../data/names.ts";
import {
  UserError,
  type ParameterValue,
  type ParameterValues,
  type TunedParameter,
} from "../../protocol/index.ts";
import { rangeOf, valueAt } from "../parameters/unit.ts";
import { MOST_CANDIDATES } from "./most-candidates.ts";

/**
 * Every combination of evenly spaced values (dials' `grid_regular`): the first parameter's values change fastest. Whole numbers are
 * rounded down, and equal ones are one; of a list of values the first ones are taken.
 *
 * @param levels Values of each parameter, or of each by its id; others have 3.
 */
export function regularGrid(parameters: readonly TunedParameter[], levels: unknown = 3): ParameterValues[] {
  const ids = parameters.map(({ id }) => id);
  const counts = levelsOf(ids, levels);
  const values = parameters.map((parameter, i) => evenly(parameter, counts[i]!));
  const count = values.reduce((product, { length }) => product * length, 1);
  if (count > MOST_CANDIDATES)
    throw new UserError(
      "grid-too-large",
      `The grid has ${values.map(({ length }) => length).join(" × ")} = ${count.toLocaleString("en")} candidates, and ${MOST_CANDIDATES.toLocaleString("en")} are the most. Ask for fewer levels, or for grid_space_filling({ size: 30 }).`,
    );
  const rows: ParameterValues[] = [];
  for (let row = 0; row < count; row++) {
    const candidate: Record<string, ParameterValue> = {};
    let rest = row;
    for (let i = 0; i < ids.length; i++) {
      const own = values[i]!;
      candidate[ids[i]!] = own[rest % own.length]!;
      rest = Math.floor(rest / own.length);
    }
    rows.push(candidate);
  }
  return rows;
}

function levelsOf(ids: readonly string[], levels: unknown): number[] {
  const check = (count: unknown, words: string): number => {
    if (Number.isSafeInteger(count) && (count as number) >= 1) return count as number;
    throw new UserError(
      "grid-option",
      `grid_regular: ${words} is ${String(count)}. Give a whole number from 1 on.`,
    );
  };
  if (typeof levels !== "object" || levels === null) {
    const count = check(levels, "levels");
    return ids.map(() => count);
  }
  for (const id of Object.keys(levels))
    if (!ids.includes(id))
      throw new UserError(
        "not-tuned",
        `grid_regular: levels names \`${id}\`, and nothing of the workflow is marked with tune() by that name.${didYouMean(id, ids)} Tuned are ${listNames(ids)}.`,
      );
  const given = levels as Readonly<Record<string, unknown>>;
  return ids.map((id) => check(Object.hasOwn(given, id) ? given[id] : 3, `levels of \`${id}\``));
}

function evenly(parameter: TunedParameter, count: number): readonly ParameterValue[] {
  if (parameter.values !== undefined) return [...new Set(parameter.values)].slice(0, count);
  const [least, most] = rangeOf(parameter);
  const points = Array.from({ length: count }, (_, i) =>
    count === 1 ? least : least + (i / (count - 1)) * (most - least),
  );
  return [...new Set(points.map((point) => valueAt(parameter, point, Math.floor)))];
}
