import path from "node:path";
import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
import { featuresLine } from "../fit-report.ts";
import { Interrupts } from "../interrupts.ts";
import { ProgressLine, progressText } from "../progress-line.ts";
import { aside, keepStdoutForJson, say, sayJson } from "../terminal.ts";
import { tellRefusal, wholeNumber } from "./fit.ts";

interface Options {
  readonly out: string;
  readonly workflow?: string;
  readonly seed?: number;
  readonly json?: true;
}

export function addFeatures(program: Command): void {
  program
    .command("features")
    .summary("write what a frozen base makes of the data, for Python or R")
    .description(
      "Write the features that the frozen base of a workflow makes of its data, with the truth, as a NumPy archive: train_x, train_y, train_ids, the same for test and validation rows, and the class levels. Features that are in the cache are not computed again.",
    )
    .argument("<file>", "a spec file, NAME.kspec.ts")
    .requiredOption("--out <file>", "the archive to write, NAME.npz")
    .option("--workflow <name>", "the exported workflow (default: the default export, else the only one)")
    .option("--seed <number>", "seed of everything random (default: a new one)", wholeNumber)
    .option("--json", "print what was written as one JSON object")
    .addHelpText(
      "after",
      '\nExamples:\n  kspec features my_model.kspec.ts --out features.npz\n\nIn Python: f = numpy.load("features.npz"); f["train_x"]\nIn R: f <- reticulate::import("numpy")$load("features.npz"); f["train_x"]',
    )
    .action(features);
}

async function features(file: string, options: Options): Promise<void> {
  if (options.json) keepStdoutForJson();
  const { exportFeatures } = await import("../../jobs/index.ts");
  const line = new ProgressLine();
  const tell = (text: string) => {
    line.clear();
    aside(text);
  };
  const interrupts = new Interrupts(() => tell("Stopping; nothing is written. Ctrl-C again ends at once."));
  try {
    const result = await exportFeatures(
      {
        file: path.resolve(file),
        out: path.resolve(options.out),
        ...(options.workflow === undefined ? {} : { workflow: options.workflow }),
        ...(options.seed === undefined ? {} : { seed: options.seed }),
      },
      {
        progress: ({ phase, done, total, unit, eta_s, per_s }) =>
          line.show(progressText(phase === "load" ? "Loading" : "Features", done, total, unit, eta_s, per_s)),
        note: (_, message) => tell(message),
        log: tell,
        userCode: (running) => interrupts.leaveTo(running ? "system" : "us"),
      },
      interrupts.signal,
    );
    line.clear();
    if (result.how === "refused") {
      process.exitCode = tellRefusal(result, options.json === true);
      return;
    }
    const { how: _, ...written } = result;
    if (options.json) return sayJson(written);
    say(featuresLine(written.cost));
    for (const { name, shape } of written.arrays) say(`${name}  ${shape.join(" × ")}`);
    say(`Written to ${options.out}`);
  } catch (error) {
    line.clear();
    if (!interrupts.signal.aborted) throw error;
    aside("Stopped. What was computed is in the feature cache; no file was written.");
    process.exitCode = EXIT.failed;
  }
}
