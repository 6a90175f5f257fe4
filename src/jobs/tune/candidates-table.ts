import { stringify } from "csv-stringify/sync";
import { ranked, type TuningState } from "../../protocol/index.ts";

/** A row a candidate, best first: its values, mean, n and std_err of each metric, and how it ended. CSV with a header. */
export function candidatesTable(tuned: TuningState): string {
  const ids = tuned.started.parameters.map(({ id }) => id);
  const keys = [...new Set(tuned.candidates.flatMap(({ summary }) => Object.keys(summary)))];
  const header = [".config", ...ids, ...keys.flatMap((key) => [key, `${key}_n`, `${key}_std_err`]), "status"];
  const rows = ranked(tuned).map(({ config, values, summary, status }) => [
    config,
    ...ids.map((id) => cell(values[id])),
    ...keys.flatMap((key) => [summary[key]?.mean, summary[key]?.n, summary[key]?.std_err]),
    status,
  ]);
  return stringify([header, ...rows]);
}

function cell(value: unknown): unknown {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
