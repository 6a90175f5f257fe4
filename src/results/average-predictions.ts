import type { PredictionRow } from "./collect-predictions.ts";

/** Where a class is predicted: the column of the class, those of its levels' probabilities, and the truth. */
export interface ClassColumns {
  readonly estimate: string;
  readonly outcome: string;
  /** Level → column. */
  readonly probabilities: ReadonlyMap<string, string>;
}

const CLASS = ".pred_class";

/**
 * The outcomes that are classes, by the names of a table's columns: `.pred_class` with `.pred_{level}`; with several outcomes
 * `.pred_class_{outcome}` with `.pred_{outcome}_{level}`.
 */
export function classColumns(columns: readonly string[]): ClassColumns[] {
  const probabilities = columns.filter((one) => one.startsWith(".pred_") && !one.startsWith(CLASS));
  if (columns.includes(CLASS)) {
    // With a single outcome the truth is what is no prediction and no name of something.
    const outcome = columns.find((one) => !one.startsWith(".") && !NAMES.includes(one)) ?? "";
    const levels = probabilities.map((one): [string, string] => [one.slice(".pred_".length), one]);
    return [{ estimate: CLASS, outcome, probabilities: new Map(levels) }];
  }
  const outcomes = columns
    .filter((one) => one.startsWith(`${CLASS}_`))
    .map((one) => one.slice(CLASS.length + 1));
  return outcomes.map((outcome): ClassColumns => {
    const own = `.pred_${outcome}_`;
    const others = outcomes
      .filter((other) => other.startsWith(`${outcome}_`))
      .map((other) => `.pred_${other}_`);
    const levels = probabilities
      .filter((one) => one.startsWith(own) && !others.some((other) => one.startsWith(other)))
      .map((one): [string, string] => [one.slice(own.length), one]);
    return { estimate: `${CLASS}_${outcome}`, outcome, probabilities: new Map(levels) };
  });
}

const NAMES = ["id", "id2"];

/**
 * One row for each candidate and row of the data, as tune's `collect_predictions(summarize = TRUE)` has it: numbers and probabilities
 * averaged, probabilities then divided by their sum, the class the most probable one; without probabilities the one that was predicted
 * most often.
 */
export function averagePredictions(rows: readonly PredictionRow[]): PredictionRow[] {
  const groups = new Map<string, PredictionRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row[".config"], row[".row"]]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const classes = classColumns(Object.keys(rows[0] ?? {}));
  return [...groups.values()].map((group) => {
    const { id: _id, id2: _id2, ...averaged } = group[0]!;
    const row: Record<string, PredictionRow[string]> = averaged;
    for (const [column, value] of Object.entries(row))
      if (column.startsWith(".pred") && !column.startsWith(CLASS) && typeof value === "number")
        row[column] = mean(group.map((one) => one[column]).filter((one) => typeof one === "number"));
    for (const { estimate, probabilities } of classes) {
      if (probabilities.size === 0) {
        row[estimate] = mostOften(group.map((one) => one[estimate] ?? null));
        continue;
      }
      const total = [...probabilities.values()].reduce((sum, column) => sum + (row[column] as number), 0);
      let most = -Infinity;
      for (const [level, column] of probabilities) {
        const share = (row[column] as number) / total;
        row[column] = share;
        if (share > most) [most, row[estimate]] = [share, level];
      }
    }
    return row;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mostOften<Value>(values: readonly Value[]): Value {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
