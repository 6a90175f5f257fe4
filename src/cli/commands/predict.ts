import fs from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { UserError } from "../../protocol/index.ts";
import { counted } from "../numbers.ts";
import { ProgressLine, progressText } from "../progress-line.ts";
import { runNamed } from "../run-argument.ts";
import { aside, keepStdoutForJson, say, sayJson } from "../terminal.ts";

interface Options {
  readonly out?: string;
  readonly runs?: string;
  readonly json?: true;
}

export function addPredict(program: Command): void {
  addCommand(
    program
      .command("predict")
      .summary("predict new data with the model of a run")
      .description(
        "Predict new data with the model of a run. The predictions stand beside the input's own columns, as CSV.",
      )
      .addHelpText(
        "after",
        "\nExamples:\n  kspec predict last photos/ --out predictions.csv\n  kspec predict last new.csv | head\n  kspec predict 2026-11-24-140203-cats-x7 cat.png --json",
      ),
    "predict",
  );
}

export function addAugment(program: Command): void {
  addCommand(
    program
      .command("augment")
      .summary("predict data, predictions first, residuals beside them")
      .description(
        "Predict data with the model of a run: predictions first, then the data's own columns, as CSV. Of a regression whose outcome the data have, with residuals.",
      )
      .addHelpText(
        "after",
        "\nExamples:\n  kspec augment last held_out.csv --out augmented.csv\n  kspec augment last held_out.csv --json",
      ),
    "augment",
  );
}

function addCommand(command: Command, job: "predict" | "augment"): void {
  command
    .argument("<run>", 'a run\'s id, its folder, or "last"')
    .argument("<data...>", "images, folders of images, or one CSV file")
    .option("--out <file>", "write the CSV there (default: stdout)")
    .option("--runs <folder>", "where runs are kept (default: .kspec/runs of the project)")
    .option("--json", "print one JSON object a line for each row")
    .action(async (run: string, data: string[], options: Options) => {
      if (options.json) keepStdoutForJson();
      const folder = runNamed(run, options.runs);
      const jobs = await import("../../jobs/index.ts");
      const line = new ProgressLine();
      const { columns, rows, csv } = await jobs[job](
        { run: folder, data },
        {
          progress: (done, total) => line.show(progressText("Predicting", done, total, "rows", null)),
          note: (message) => {
            line.clear();
            aside(message);
          },
        },
      );
      line.clear();
      if (options.out !== undefined) {
        write(path.resolve(options.out), csv);
        if (options.json) sayJson({ file: path.resolve(options.out), rows });
        else say(`${counted(rows, "prediction")} written to ${options.out}`);
      } else if (options.json) {
        for (let row = 0; row < rows; row++)
          sayJson(Object.fromEntries([...columns].map(([name, column]) => [name, column[row]])));
      } else say(csv.replace(/\n$/, ""));
    });
}

function write(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      "cannot-write",
      `${file} cannot be written (${code ?? "unknown error"}). Choose another file with --out.`,
      { cause: error },
    );
  }
}
