import { InvalidArgumentError, Option, type Command } from "commander";
import type { ExportedModel, ExportFormat } from "../../jobs/index.ts";
import { runNamed } from "../run-argument.ts";
import { aside, keepStdoutForJson, say, sayJson, shortPath } from "../terminal.ts";

interface Options {
  readonly to: ExportFormat;
  readonly out?: string;
  readonly force?: true;
  readonly runs?: string;
  readonly json?: true;
}

export function addExport(program: Command): void {
  program
    .command("export")
    .summary("write the model of a run for use elsewhere")
    .description(
      "Write the model of a run for use elsewhere. onnx: one file that takes raw data and gives probabilities, with the recipe's preprocessing in it. tfjs: a folder that TensorFlow.js loads.",
    )
    .argument("<run>", 'a run\'s id, its folder, or "last"')
    .addOption(new Option("--to <format>", "onnx or tfjs").argParser(format).makeOptionMandatory())
    .option("--out <file>", "where to (default: named after the model, in the working folder)")
    .option("--force", "replace what is there already")
    .option("--runs <folder>", "where runs are kept (default: .kspec/runs of the project)")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  kspec export last --to onnx\n  kspec export last --to onnx --out cats.onnx --force\n  kspec export 2026-11-24-140203-cats-x7 --to tfjs --out web/model",
    )
    .action(async (run: string, options: Options) => {
      if (options.json) keepStdoutForJson();
      const folder = runNamed(run, options.runs);
      const { exportModel } = await import("../../jobs/index.ts");
      const { to, out, force } = options;
      const exported = await exportModel({
        run: folder,
        to,
        ...(out === undefined ? {} : { out }),
        ...(force === undefined ? {} : { force }),
      });
      for (const note of exported.notes) aside(note);
      if (options.json) sayJson(exported);
      else for (const line of report(exported)) say(line);
    });
}

function format(given: string): ExportFormat {
  if (given === "onnx" || given === "tfjs") return given;
  throw new InvalidArgumentError(
    given === "keras"
      ? "Keras's own format comes with a later version of KSpec. Use onnx, which Python reads with onnxruntime, or tfjs."
      : "It must be onnx or tfjs.",
  );
}

function report({ file, bytes, inputs = [], outputs = [], checked }: ExportedModel): string[] {
  const lines = [`Wrote ${shortPath(file)} (${sizeText(bytes)}).`];
  for (const { name, type, shape } of inputs)
    lines.push(
      `  takes ${name}: ${type} [${shape.map((extent, i) => extent ?? (i === 0 ? "rows" : "any")).join(", ")}]`,
    );
  for (const { name, kind, levels = [] } of outputs)
    if (kind === "probability") lines.push(`  gives ${name}: probabilities of ${few(levels)}`);
    else lines.push(`  gives ${name}: ${kind === "class" ? "the likeliest of them, as text" : "a number"}`);
  if (checked !== undefined)
    lines.push(
      `ONNX Runtime gives what the model gives (largest difference ${checked.difference.toExponential(0)}).`,
    );
  return lines;
}

function few(levels: readonly string[]): string {
  return levels.length <= 10 ? levels.join(", ") : `${levels.slice(0, 9).join(", ")}, … (${levels.length})`;
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
