import { didYouMean, listNames } from "../../data/names.ts";
import {
  UserError,
  type ParameterValue,
  type ParameterValues,
  type TunedParameter,
} from "../../protocol/index.ts";
import { candidate } from "./candidate.ts";

/**
 * The candidates of a table, each checked: it has a value for every parameter and no others.
 *
 * @throws UserError naming the row and the parameter.
 */
export function tableGrid(
  rows: readonly Readonly<Record<string, unknown>>[],
  parameters: readonly TunedParameter[],
): ParameterValues[] {
  const ids = parameters.map(({ id }) => id);
  return rows.map((row, i) => {
    for (const name of Object.keys(row))
      if (!ids.includes(name))
        throw new UserError(
          "not-tuned",
          `Row ${i + 1} of the grid has \`${name}\`, and nothing of the workflow is marked with tune() by that name.${didYouMean(name, ids)} Tuned are ${listNames(ids)}.`,
        );
    return candidate(parameters, (parameter) => checked(parameter, row[parameter.id], i));
  });
}

function checked({ id, scale }: TunedParameter, value: unknown, row: number): ParameterValue {
  if (value === undefined)
    throw new UserError(
      "missing-in-grid",
      `Row ${row + 1} of the grid has no value for \`${id}\`, which is tuned. Add one, or take its tune() away.`,
    );
  if (scale !== "nominal" && !(scale === "integer" ? Number.isInteger(value) : Number.isFinite(value)))
    throw new UserError(
      "bad-candidate",
      `Row ${row + 1} of the grid has ${typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? String(value))} for \`${id}\`, which takes ${scale === "integer" ? "whole numbers" : "numbers"}.`,
    );
  return value as ParameterValue;
}
