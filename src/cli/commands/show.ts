import type { Command } from "commander";
import { reduceAll, UserError } from "../../protocol/index.ts";
import { readMetrics, readRun } from "../../runs/index.ts";
import { metricLine } from "../fit-report.ts";
import { counted, duration } from "../numbers.ts";
import { rankingLines } from "../ranking.ts";
import { runNamed } from "../run-argument.ts";
import { colours, keepStdoutForJson, say, sayJson } from "../terminal.ts";
import { wholeNumber } from "./fit.ts";

interface Options {
  readonly n?: number;
  readonly notes?: true;
  readonly runs?: string;
  readonly json?: true;
}

export function addShow(program: Command): void {
  program
    .command("show")
    .summary("show a run: the ranking of a tuning, the metrics of a fit")
    .description("Show a run: of a tuning the candidates, best first; of a fit its metrics.")
    .argument("<run>", 'a run: its folder, its id or "last"')
    .option("-n <number>", "so many candidates (default: all)", wholeNumber)
    .option("--notes", "what trials noted: failures, metrics that were not defined")
    .option("--runs <folder>", "where runs are kept (default: .kspec/runs of the project)")
    .option("--json", "print one JSON object a line for each candidate or metric")
    .action((reference: string, { n, notes, runs, json }: Options) => {
      if (json) keepStdoutForJson();
      const folder = runNamed(reference, runs);
      const read = readRun(folder);
      if (read.record === null) throw new UserError("not-a-run", `${folder} is no run that can be read.`);
      const { tuning, started, ended } = reduceAll(read.events);
      if (tuning === null) {
        const rows = readMetrics(folder);
        if (json) return rows.forEach(sayJson);
        say(`${colours.bold(read.run)}  ${read.status}`);
        return rows.forEach((row) => say(metricLine(row)));
      }
      if (json) {
        const { candidates } = tuning;
        return candidates
          .slice(0, n ?? Infinity)
          .forEach(({ trials, ...one }) => sayJson({ ...one, folds: trials.length }));
      }
      say(`${colours.bold(read.run)}  ${read.status}`);
      const { method, folds, resampling } = tuning.started;
      say(
        `${method} · ${counted(tuning.candidates.length, "candidate")} × ${counted(folds.length, "fold")} (${resampling}) · seed ${started?.seed ?? ""}`,
      );
      for (const line of rankingLines(tuning, n)) say(line);
      const spared = tuning.spared > 0 ? `, ${counted(tuning.spared, "trial")} spared` : "";
      const time = ended === null ? "" : ` in ${duration(ended.seconds)}`;
      say(colours.dim(`${counted(tuning.done, "trial")}${time}, ${tuning.failed} failed${spared}`));
      if (notes)
        for (const { config, trials } of tuning.candidates)
          for (const trial of trials)
            for (const note of trial.notes) say(`${config} ${trial.fold}: ${note.type}: ${note.message}`);
    });
}
