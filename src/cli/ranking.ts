import { ranked, valueOf, type CandidateState, type TuningState } from "../protocol/index.ts";
import { counted, threeDigits } from "./numbers.ts";
import { colours } from "./terminal.ts";

/**
 * Candidates of a tuning as a table, best first: rank, values, mean ± standard error of each metric with the number of folds.
 *
 * @param most So many rows; a line says how many there are besides.
 */
export function rankingLines(tuning: TuningState, most = Infinity): string[] {
  const { parameters, metrics, folds } = tuning.started;
  const all = ranked(tuning);
  const header = ["", ...parameters.map(({ id }) => id), ...metrics.map(({ name }) => name), "folds", ""];
  const rows = all
    .slice(0, most)
    .map((one, i) => [
      String(i + 1),
      ...parameters.map(({ id }) => valueText(one.values[id])),
      ...metrics.map(({ name }) => estimateText(one, name)),
      `${one.trials.filter(({ status }) => status === "done").length}/${folds.length}`,
      statusWords(one),
    ]);
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd();
  const rest = all.length - rows.length;
  return [
    colours.dim(line(header)),
    ...rows.map((cells, i) => {
      const text = line(cells);
      const { status } = all[i]!;
      if (status === "eliminated" || status === "failed") return colours.dim(text);
      return i === 0 && status === "done" ? colours.bold(text) : text;
    }),
    ...(rest > 0 ? [colours.dim(`and ${counted(rest, "more candidate")}`)] : []),
  ];
}

/** What a workflow set came to: `rank_results`, the best ten candidates by the first metric. */
export function setRankingLines(rows: readonly SetRow[]): string[] {
  const metric = rows[0]?.[".metric"];
  const shown = rows.filter((row) => row[".metric"] === metric).slice(0, 10);
  const width = Math.max(...shown.map(({ wflow_id }) => wflow_id.length));
  return [
    colours.bold(`All workflows by ${metric}`),
    ...shown.map(({ rank, wflow_id, mean, std_err, ".config": config }) => {
      const error = std_err === null ? "" : ` ±${threeDigits(std_err)}`;
      return `${String(rank).padStart(2)}  ${wflow_id.padEnd(width)}  ${mean === null ? "NA" : threeDigits(mean)}${error}  ${config}`;
    }),
    "",
  ];
}

interface SetRow {
  readonly wflow_id: string;
  readonly ".config": string;
  readonly ".metric": string;
  readonly mean: number | null;
  readonly std_err: number | null;
  readonly rank: number;
}

/** `dense_units 64 · dropout 0.2` */
export function valuesText({ values }: Pick<CandidateState, "values">): string {
  return Object.entries(values)
    .map(([id, value]) => `${id} ${valueText(value)}`)
    .join(" · ");
}

/** `accuracy 0.941 ±0.012` */
export function metricText(one: CandidateState, metric: string): string {
  return `${metric} ${estimateText(one, metric)}`;
}

function estimateText(one: CandidateState, metric: string): string {
  const value = valueOf(one, metric);
  if (value === undefined) return "";
  if (value.mean === null) return "NA";
  return value.std_err === null
    ? threeDigits(value.mean)
    : `${threeDigits(value.mean)} ±${threeDigits(value.std_err)}`;
}

function valueText(value: unknown): string {
  if (typeof value === "number")
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  if (typeof value === "string") return value;
  const named = value as { class_name?: unknown } | null | undefined;
  return typeof named?.class_name === "string" ? named.class_name : (JSON.stringify(value) ?? "");
}

function statusWords({ status, eliminated, trials }: CandidateState): string {
  if (status === "eliminated")
    return `eliminated after ${counted(eliminated!.after, eliminated!.by === "folds" ? "fold" : "epoch")}`;
  if (status === "failed") return `failed: ${trials[0]?.notes[0]?.message ?? ""}`.slice(0, 100);
  return status === "done" ? "" : status;
}
