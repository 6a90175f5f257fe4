import path from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import type { FitHooks, Refused } from "../../jobs/index.ts";
import type { MetricRow, RunEnded } from "../../protocol/index.ts";
import { EXIT } from "../exit-code.ts";
import { FitReport, metricLine } from "../fit-report.ts";
import { Interrupts } from "../interrupts.ts";
import { runNamed } from "../run-argument.ts";
import { aside, keepStdoutForJson, say, sayJson, shortPath } from "../terminal.ts";
import { describe } from "./check.ts";
import { colours } from "../terminal.ts";

interface Options {
  readonly workflow?: string;
  readonly seed?: number;
  readonly runs?: string;
  readonly resume?: string;
  readonly epochs?: number;
  readonly json?: true;
}

export function addFit(program: Command): void {
  program
    .command("fit")
    .summary("fit the model of a spec file")
    .description(
      "Fit the model of a spec file, evaluate it on the test rows, and keep everything in a run's folder. Ctrl-C stops and keeps the last finished epoch; a second Ctrl-C ends at once.",
    )
    .argument("[file]", "a spec file, NAME.kspec.ts")
    .option(
      "--workflow <name>",
      "the exported workflow to fit (default: the default export, else the only one)",
    )
    .option("--seed <number>", "seed of everything random (default: a new one, kept in the run)", wholeNumber)
    .option("--runs <folder>", "where to keep the run (default: .kspec/runs of the project)")
    .addOption(
      new Option(
        "--resume <run>",
        'go on with a run that was stopped, killed or cut off: its folder, its id or "last"',
      ).conflicts(["workflow", "seed"]),
    )
    .option("--epochs <number>", "with --resume: go on to so many epochs, also of a finished run", epochs)
    .option("--json", "print RunEvents, one JSON object a line")
    .addHelpText(
      "after",
      "\nExamples:\n  kspec fit my_model.kspec.ts\n  kspec fit my_model.kspec.ts --workflow small --seed 1\n  kspec fit my_model.kspec.ts --json | tee events.jsonl\n  kspec fit --resume last\n  kspec fit --resume last --epochs 50\n\nExit codes: 0 done, 1 failed or stopped, 2 a spec with errors.",
    )
    .action(async (file: string | undefined, options: Options, command: Command) => {
      const wrong = wrongUse(file, options);
      if (wrong !== undefined) command.error(`error: ${wrong}`);
      if (options.json) keepStdoutForJson();
      const { fit, resume } = await import("../../jobs/index.ts");
      const run = options.resume === undefined ? undefined : runNamed(options.resume, options.runs);
      const report = options.json ? undefined : new FitReport(run);
      const interrupts = new Interrupts(() => {
        report?.clear();
        aside("Stopping; the last finished epoch is kept. Ctrl-C again ends at once.");
      });
      const hooks: FitHooks = {
        event: (event) => (report === undefined ? sayJson(event) : report.event(event)),
        log: (line) => {
          report?.clear();
          aside(line);
        },
        userCode: (running) => interrupts.leaveTo(running ? "system" : "us"),
      };
      const outcome =
        run === undefined
          ? await fit(
              {
                type: "fit",
                file: path.resolve(file!),
                ...(options.workflow === undefined ? {} : { workflow: options.workflow }),
                ...(options.seed === undefined ? {} : { seed: options.seed }),
                ...(options.runs === undefined ? {} : { runs: path.resolve(options.runs) }),
              },
              hooks,
              interrupts.signal,
            )
          : await resume(
              {
                type: "resume",
                folder: run,
                ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
              },
              hooks,
              interrupts.signal,
            );
      report?.clear();
      process.exitCode =
        outcome.how === "refused"
          ? tellRefusal(outcome, options.json === true)
          : tellEnd(outcome.ended, outcome.metrics, options.json === true);
    });
}

/** What the options do not say of themselves. */
function wrongUse(file: string | undefined, { resume, epochs }: Options): string | undefined {
  if (file === undefined && resume === undefined)
    return "name a spec file, or a run to go on with: --resume RUN.";
  if (file !== undefined && resume !== undefined)
    return "--resume goes on with what its run was begun with; leave the file out.";
  if (epochs !== undefined && resume === undefined)
    return "--epochs goes with --resume; a spec says its own, as fit_epochs.";
  return undefined;
}

export function tellRefusal({ because, message, problems }: Refused, asJson: boolean): number {
  // There is no run, so these events are of none.
  const time = new Date().toISOString();
  for (const { type, ...problem } of problems) {
    if (asJson) sayJson({ type, run: "", time, ...problem });
    else if (problem.place !== undefined) say(describe({ ...problem, ...problem.place }, colours));
  }
  const told = !asJson && problems.length === 1 && problems[0]!.place !== undefined;
  if (!told) aside(`kspec: ${message}`);
  return because === "spec" ? EXIT.usage : EXIT.failed;
}

function tellEnd(ended: RunEnded, metrics: readonly MetricRow[], asJson: boolean): number {
  if (asJson) return ended.status === "done" ? EXIT.done : EXIT.failed;
  if (ended.status === "failed") {
    const place = ended.error?.place;
    const at = place === undefined ? "" : `${shortPath(place.file)}:${place.range.start.line + 1}: `;
    aside(`kspec: ${at}${ended.error?.message ?? "The fit failed."}`);
  }
  say("");
  if (ended.status === "cancelled") say("The fit was stopped.");
  if (ended.status !== "done" && ended.kept !== undefined) say(ended.kept);
  say(`The run is in ${shortPath(ended.folder)}`);
  if (ended.status === "cancelled") say(`Go on with: kspec fit --resume ${path.basename(ended.folder)}`);
  if (ended.status !== "done") return EXIT.failed;
  say(
    `See it in VS Code with "KSpec: Show results"; predict with: kspec predict ${path.basename(ended.folder)} DATA`,
  );
  for (const row of metrics) say(metricLine(row));
  return EXIT.done;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value > 2 ** 32 - 1)
    throw new InvalidArgumentError("It must be a whole number from 0 to 4294967295.");
  return value;
}

function epochs(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}
