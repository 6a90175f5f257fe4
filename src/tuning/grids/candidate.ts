import type { ParameterValue, ParameterValues, TunedParameter } from "../../protocol/index.ts";

/** A candidate from a value of each parameter. */
export function candidate(
  parameters: readonly TunedParameter[],
  valueOf: (parameter: TunedParameter, index: number) => ParameterValue,
): ParameterValues {
  const values: Record<string, ParameterValue> = {};
  for (let i = 0; i < parameters.length; i++) values[parameters[i]!.id] = valueOf(parameters[i]!, i);
  return values;
}

/** The candidates without those that are equal to an earlier one: whole numbers and lists of values make equal ones of different places. */
export function distinct(
  candidates: readonly ParameterValues[],
  parameters: readonly TunedParameter[],
): ParameterValues[] {
  const ids = parameters.map(({ id }) => id);
  const seen = new Set<string>();
  return candidates.filter((values) => {
    let key = "";
    for (const id of ids) {
      const value = values[id];
      key += typeof value === "number" ? `${value} ` : `${JSON.stringify(value)} `;
    }
    return !seen.has(key) && seen.add(key);
  });
}
