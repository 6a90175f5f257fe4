import path from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import type { FitHooks, FitOutcome, TuneOutcome } from "../../jobs/index.ts";
import type { RunEnded, RunEvent } from "../../protocol/index.ts";
import { readRecord, readRun } from "../../runs/index.ts";
import { EXIT } from "../exit-code.ts";
import { metricLine } from "../fit-report.ts";
import { Interrupts } from "../interrupts.ts";
import { runNamed } from "../run-argument.ts";
import { aside, keepStdoutForJson, say, sayJson, shortPath } from "../terminal.ts";
import { setRankingLines } from "../ranking.ts";
import { TuneReport } from "../tune-report.ts";
import { tellRefusal, wholeNumber } from "./fit.ts";

interface Options {
  readonly export?: string;
  readonly onlyTune?: true;
  readonly seed?: number;
  readonly runs?: string;
  readonly workers?: number;
  readonly timeBudget?: number;
  readonly resume?: string;
  readonly best?: string;
  readonly candidate?: string;
  readonly json?: true;
}

export function addTune(program: Command): void {
  program
    .command("tune")
    .summary("search for the best hyperparameters of a spec file")
    .description(
      "Run the tuning that a spec file exports: every candidate on every fold, each trial kept as it ends. Where the export is a last_fit, the best candidate is fitted after it. Ctrl-C stops and keeps all finished trials; a second Ctrl-C ends at once.",
    )
    .argument("[file]", "a spec file, NAME.kspec.ts")
    .option(
      "--export <name>",
      "the exported tuning or last_fit (default: the default export, else the only one)",
    )
    .option("--only-tune", "without the fit of the best candidate that a last_fit asks for")
    .option(
      "--seed <number>",
      "seed of folds, grids and fits (default: a new one, kept in the run)",
      wholeNumber,
    )
    .option("--workers <number>", "processes that try candidates (default: the machine's cores)", workers)
    .option("--time-budget <seconds>", "begin no further trial after this time", seconds)
    .option("--runs <folder>", "where to keep the run (default: .kspec/runs of the project)")
    .addOption(
      new Option(
        "--resume <run>",
        'go on with a tuning that was stopped, killed or cut off: its folder, its id or "last"; only missing trials are run',
      ).conflicts(["export", "seed", "onlyTune"]),
    )
    .addOption(
      new Option(
        "--best <run>",
        'fit the best candidate of a finished tuning: its folder, its id or "last"',
      ).conflicts(["export", "resume", "onlyTune"]),
    )
    .option("--candidate <config>", "with --best: another candidate, by its .config")
    .option("--json", "print RunEvents, one JSON object a line")
    .addHelpText(
      "after",
      "\nExamples:\n  kspec tune my_model.kspec.ts\n  kspec tune my_model.kspec.ts --export results --workers 2\n  kspec tune --resume last\n  kspec tune --best last\n  kspec show last\n\nExit codes: 0 done, 1 failed or stopped, 2 a spec with errors.",
    )
    .action(async (file: string | undefined, options: Options, command: Command) => {
      const wrong = wrongUse(file, options);
      if (wrong !== undefined) command.error(`error: ${wrong}`);
      if (options.json) keepStdoutForJson();
      const { fitBest, resume, tune } = await import("../../jobs/index.ts");
      const named = options.resume ?? options.best;
      const run = named === undefined ? undefined : runNamed(named, options.runs);
      const before = options.resume === undefined || run === undefined ? [] : readRun(run).events;
      const report = options.json ? undefined : new TuneReport(before);
      const interrupts = new Interrupts(() => {
        report?.clear();
        aside("Stopping; finished trials are kept. Ctrl-C again ends at once.");
      });
      const ended: RunEnded[] = [];
      const hooks: FitHooks = {
        event: (event: RunEvent) => {
          if (event.type === "run_ended") ended.push(event);
          if (report === undefined) sayJson(event);
          else report.event(event);
        },
        log: (line) => {
          report?.clear();
          aside(line);
        },
        userCode: (running) => interrupts.leaveTo(running ? "system" : "us"),
      };
      const seed = options.seed === undefined ? {} : { seed: options.seed };
      const outcome: TuneOutcome | FitOutcome =
        run === undefined
          ? await tune(
              {
                type: "tune",
                file: path.resolve(file!),
                ...(options.export === undefined ? {} : { export: options.export }),
                ...(options.onlyTune ? { only_tune: true } : {}),
                ...(options.workers === undefined ? {} : { workers: options.workers }),
                ...(options.timeBudget === undefined ? {} : { time_budget: options.timeBudget }),
                ...(options.runs === undefined ? {} : { runs: path.resolve(options.runs) }),
                ...seed,
              },
              hooks,
              interrupts.signal,
            )
          : options.resume !== undefined
            ? await resume({ type: "resume", folder: run }, hooks, interrupts.signal)
            : await fitBest(
                {
                  type: "fit_best",
                  folder: run,
                  ...(options.candidate === undefined ? {} : { config: options.candidate }),
                  ...seed,
                },
                hooks,
                interrupts.signal,
              );
      report?.clear();
      process.exitCode = tellOutcome(outcome, ended, options.json === true);
    });
}

function tellOutcome(outcome: TuneOutcome | FitOutcome, ended: readonly RunEnded[], asJson: boolean): number {
  if (outcome.how === "refused") return tellRefusal(outcome, asJson);
  // A tuning that goes on may lead to a fit, or be all there is.
  const last = ended.at(-1)!;
  const isFit = readRecord(last.folder)?.kind !== "tuning";
  const final = outcome.how === "ended" ? (isFit ? outcome : undefined) : outcome.final;
  if (final?.how === "refused") return tellRefusal(final, asJson);
  const code = ended.every(({ status }) => status === "done") ? EXIT.done : EXIT.failed;
  if (asJson) return code;
  for (const { run, status, error } of ended)
    if (status === "failed")
      aside(`kspec: ${ended.length > 1 ? `${run}: ` : ""}${error?.message ?? "It failed."}`);
  say("");
  if (last.status === "cancelled") say("Stopped.");
  if (last.status !== "done" && last.kept !== undefined) say(last.kept);
  if (outcome.how === "tuned" && outcome.ranking !== undefined)
    for (const line of setRankingLines(outcome.ranking)) say(line);
  for (const one of ended) say(`The run is in ${shortPath(one.folder)}`);
  const id = path.basename(last.folder);
  if (last.status === "cancelled") say(`Go on with: kspec tune --resume ${id}`);
  if (last.status !== "done") return code;
  if (final === undefined) {
    say(`All candidates: kspec show ${id}; fit the best one: kspec tune --best ${id}`);
    return code;
  }
  say(`Predict with: kspec predict ${id} DATA`);
  if (final.how === "ended") for (const row of final.metrics) say(metricLine(row));
  return code;
}

/** What the options do not say of themselves. */
function wrongUse(file: string | undefined, { resume, best, candidate }: Options): string | undefined {
  const run = resume ?? best;
  if (file === undefined && run === undefined) return "name a spec file, or a run: --resume RUN, --best RUN.";
  if (file !== undefined && run !== undefined)
    return "--resume and --best take the spec as it was tuned; leave the file out.";
  if (candidate !== undefined && best === undefined) return "--candidate goes with --best RUN.";
  return undefined;
}

function workers(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > 256) throw new InvalidArgumentError("It must be a whole number from 1 to 256.");
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a number of seconds above 0.");
  return value;
}
