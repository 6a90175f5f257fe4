import type { Command } from "commander";
import { listRuns, type RunRow } from "../../runs/index.ts";
import { duration, threeDigits } from "../numbers.ts";
import { runsFolder } from "../run-argument.ts";
import { colours, keepStdoutForJson, say, sayJson, shortPath } from "../terminal.ts";

export function addRuns(program: Command): void {
  program
    .command("runs")
    .summary("list the runs")
    .description("List the runs of this project, newest first.")
    .option("--runs <folder>", "where runs are kept (default: .kspec/runs of the project)")
    .option("--json", "print one JSON object a line for each run")
    .action((options: { runs?: string; json?: true }) => {
      if (options.json) keepStdoutForJson();
      const folder = runsFolder(options.runs);
      const rows = listRuns(folder);
      if (options.json) return rows.forEach(sayJson);
      if (rows.length === 0) return say(`No runs in ${shortPath(folder)}. Fit a model: kspec fit FILE`);
      const table = rows.map((row) => [row.run, row.status, took(row), result(row)]);
      const widths = [0, 1, 2].map((column) => Math.max(...table.map((cells) => cells[column]!.length)));
      for (const [run, status, time, metric] of table)
        say(
          `${run!.padEnd(widths[0]!)}  ${paint(status!, status!.padEnd(widths[1]!))}  ${time!.padStart(widths[2]!)}  ${metric}`.trimEnd(),
        );
    });
}

function took({ seconds }: RunRow): string {
  return seconds === null ? "" : duration(seconds);
}

/** `accuracy 0.944`: the first metric, which is the one that was asked for first; of a tuning its best candidate's. */
function result({ kind, metrics }: RunRow): string {
  const tuning = kind === "tuning" ? "tuning" : "";
  const row = metrics[0];
  if (row === undefined) return tuning;
  const estimate = row[".estimate"];
  return `${tuning && "tuning, best "}${row[".metric"]} ${estimate === null ? "NA" : threeDigits(estimate)}`;
}

function paint(status: string, text: string): string {
  if (status === "failed" || status === "lost") return colours.red(text);
  if (status === "running") return colours.cyan(text);
  return status === "cancelled" ? colours.yellow(text) : text;
}
