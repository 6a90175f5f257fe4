import fs from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import type { CompiledCandidate } from "../../jobs/index.ts";
import { EXIT } from "../exit-code.ts";
import { Interrupts } from "../interrupts.ts";
import { counted } from "../numbers.ts";
import { ProgressLine, progressText } from "../progress-line.ts";
import { valuesText } from "../ranking.ts";
import { aside, colours, keepStdoutForJson, say, sayJson, shortPath } from "../terminal.ts";
import { describe } from "./check.ts";
import { tellRefusal, wholeNumber } from "./fit.ts";

interface Options {
  readonly export?: string;
  readonly seed?: number;
  readonly valid?: string;
  readonly n: number;
  readonly json?: true;
}

export function addCompile(program: Command): void {
  program
    .command("compile")
    .summary("build every candidate of a grid without fitting it")
    .description(
      "Build the network and the training of every candidate of a tuning's grid, and fit none. What cannot be built is told at its layer block's line (kerasnip's compile_keras_grid and inform_errors).",
    )
    .argument("<file>", "a spec file, NAME.kspec.ts")
    .option(
      "--export <name>",
      "the exported tuning or workflow (default: the default export, else the only one)",
    )
    .option("--seed <number>", "seed of a random grid (default: 1)", wholeNumber)
    .option(
      "--valid <file>",
      "write the candidates that can be built as JSON rows, a grid for tune_grid (extract_valid_grid)",
    )
    .option("-n <number>", "tell so many failures", wholeNumber, 10)
    .option("--json", "print one JSON object a line for each candidate")
    .addHelpText("after", "\nExit codes: 0 all can be built, 1 some cannot, 2 a spec with errors.")
    .action(async (file: string, options: Options) => {
      if (options.json) keepStdoutForJson();
      const { compileGrid } = await import("../../jobs/index.ts");
      const line = new ProgressLine();
      const interrupts = new Interrupts(() => line.clear());
      const outcome = await compileGrid(
        {
          file: path.resolve(file),
          ...(options.export === undefined ? {} : { export: options.export }),
          ...(options.seed === undefined ? {} : { seed: options.seed }),
        },
        {
          log: (text) => {
            line.clear();
            aside(text);
          },
          userCode: (running) => interrupts.leaveTo(running ? "system" : "us"),
        },
        (candidate, done, total) => {
          if (options.json) sayJson(candidate);
          else line.show(progressText("Compiling", done, total, "candidates", null));
        },
        interrupts.signal,
      );
      line.clear();
      if (outcome.how === "refused") {
        process.exitCode = tellRefusal(outcome, options.json === true);
        return;
      }
      const { candidates } = outcome;
      const failed = candidates.filter(({ error }) => error !== null);
      if (options.valid !== undefined) {
        const rows = candidates.filter(({ error }) => error === null).map(({ values }) => values);
        fs.writeFileSync(options.valid, JSON.stringify(rows, null, 2) + "\n");
      }
      process.exitCode = failed.length === 0 ? EXIT.done : EXIT.failed;
      if (options.json) return;
      tellFailures(failed, options.n);
      const sizes = candidates.flatMap(({ parameters }) => (parameters === null ? [] : [parameters.total]));
      const size = sizes.length === 0 ? "" : `; ${sizeWords(sizes)}`;
      say(
        failed.length === 0
          ? `${candidates.length === 1 ? "The model" : `All ${counted(candidates.length, "candidate")}`} can be built${size}.`
          : `${failed.length.toLocaleString("en-US")} of ${counted(candidates.length, "candidate")} cannot be built${size}.`,
      );
      if (options.valid !== undefined) say(`The others are in ${shortPath(path.resolve(options.valid))}`);
    });
}

/** The same failure of several candidates is told once, with the first of them. */
function tellFailures(failed: readonly CompiledCandidate[], most: number): void {
  const byMessage = new Map<string, CompiledCandidate[]>();
  for (const one of failed) byMessage.set(one.error!, [...(byMessage.get(one.error!) ?? []), one]);
  for (const [message, [first, ...others]] of [...byMessage].slice(0, most)) {
    const { place } = first!;
    if (place === undefined) say(`${colours.red("error")} ${message}`);
    else say(describe({ ...place, severity: "error", code: "compile", message }, colours));
    const besides = others.length === 0 ? "" : ` and ${counted(others.length, "other")}`;
    say(colours.dim(`  ${[first!.config, valuesText(first!)].filter(Boolean).join(" · ")}${besides}`));
  }
  if (byMessage.size > most)
    say(colours.dim(`and ${counted(byMessage.size - most, "more kind")} of failures`));
}

function sizeWords(sizes: readonly number[]): string {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map((size) => size.toLocaleString("en-US"));
  return least === most ? `${least} parameters` : `${least} to ${most} parameters`;
}
