import { stringify } from "csv-stringify/sync";
import type { Outcome } from "../data/baked.ts";
import type { Prediction } from "../engine/contract.ts";

/** An outcome of a fitted model; `levels` in classification. */
export interface OutcomeShape {
  readonly name: string;
  readonly levels?: readonly string[];
}

/** What was predicted, named as tidymodels names it, one array a column. */
export type Columns = ReadonlyMap<string, readonly (string | number | null)[]>;

/**
 * Predictions as columns: `.pred_class` and `.pred_{level}` of a classification, `.pred` of a regression;
 * with several outcomes `.pred_class_{outcome}`, `.pred_{outcome}_{level}` and `.pred_{outcome}` (kerasnip).
 */
export function predictionColumns(
  outcomes: readonly OutcomeShape[],
  predictions: ReadonlyMap<string, Prediction>,
): Columns {
  const columns = new Map<string, (string | number)[]>();
  const several = outcomes.length > 1;
  for (const { name, levels } of outcomes) {
    const prediction = predictions.get(name)!;
    if (levels === undefined) {
      const values = columnOf(prediction, 0);
      columns.set(several ? `.pred_${name}` : ".pred", values);
      continue;
    }
    columns.set(
      several ? `.pred_class_${name}` : ".pred_class",
      classes(prediction).map((code) => levels[code]!),
    );
    for (const [unit, level] of levels.entries())
      columns.set(several ? `.pred_${name}_${level}` : `.pred_${level}`, columnOf(prediction, unit));
  }
  return columns;
}

/** The likeliest class of each row, as an index: the first of equals. */
export function classes({ units, values }: Prediction): number[] {
  const codes: number[] = [];
  for (let start = 0; start < values.length; start += units) {
    let best = 0;
    for (let unit = 1; unit < units; unit++) if (values[start + unit]! > values[start + best]!) best = unit;
    codes.push(best);
  }
  return codes;
}

/** The truth as it stands in a table. null is missing. */
export function truthColumn(outcome: Outcome): (string | number | null)[] {
  if (outcome.kind === "numeric") return Array.from(outcome.values, (value) => readable(value));
  return Array.from(outcome.codes, (code) => outcome.levels[code] ?? null);
}

/** Columns → CSV with a header; text is quoted where it must be, a missing cell is empty. */
export function toCsv(columns: Columns): string {
  const names = [...columns.keys()];
  const rows = columns.size === 0 ? 0 : columns.get(names[0]!)!.length;
  const cells = names.map((name) => columns.get(name)!);
  return stringify([names, ...Array.from({ length: rows }, (_, row) => cells.map((column) => column[row]))]);
}

function columnOf({ units, values }: Prediction, unit: number): number[] {
  const column: number[] = [];
  for (let at = unit; at < values.length; at += units) column.push(readable(values[at]!));
  return column;
}

/** A float32 as the shortest number that is still that float32: 0.9 and not 0.8999999761581421. */
function readable(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}
