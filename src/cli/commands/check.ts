import fs from "node:fs";
import type { Command } from "commander";
import type { FileDiagnostic } from "../../jobs/index.ts";
import { EXIT } from "../exit-code.ts";
import { counted } from "../numbers.ts";
import { aside, colours, keepStdoutForJson, say, sayJson, shortPath } from "../terminal.ts";

export function addCheck(program: Command): void {
  program
    .command("check")
    .summary("say what is wrong with spec files")
    .description(
      "Say what is wrong with spec files: the same rules as in the editor. A file whose text has no errors is run as well, to find imports that are missing and code that throws.",
    )
    .argument("<files...>", "spec files, NAME.kspec.ts")
    .option("--json", "print one JSON object a line for each problem")
    .addHelpText(
      "after",
      "\nExamples:\n  kspec check my_model.kspec.ts\n  kspec check models/*.kspec.ts --json\n\nExit codes: 0 no errors, 2 errors.",
    )
    .action(async (files: string[], options: { json?: true }) => {
      if (options.json) keepStdoutForJson();
      const { check } = await import("../../jobs/index.ts");
      const found: FileDiagnostic[] = [];
      for (const file of files) {
        const problems = await check(file, aside);
        for (const problem of problems) tell(problem, options.json === true);
        found.push(...problems);
      }
      const errors = found.filter(({ severity }) => severity === "error").length;
      if (!options.json) say(summary(errors, found.length - errors, files.length));
      if (errors > 0) process.exitCode = EXIT.usage;
    });
}

function tell(problem: FileDiagnostic, asJson: boolean): void {
  if (asJson) return sayJson(problem);
  say(describe(problem, colours));
  const excerpt = excerptOf(problem);
  if (excerpt !== undefined) say(excerpt + "\n");
}

/** `my_model.kspec.ts:12:5 error unknown-upstream: No block is named "inptu". Did you mean "input"?` */
export function describe(
  { file, range, severity, code, message }: FileDiagnostic,
  paint: Pick<typeof colours, "red" | "yellow" | "cyan" | "dim">,
): string {
  const colour = { error: paint.red, warning: paint.yellow, information: paint.cyan, hint: paint.dim }[
    severity
  ];
  const place = `${shortPath(file)}:${range.start.line + 1}:${range.start.character + 1}`;
  return `${place} ${colour(severity)} ${paint.dim(code + ":")} ${message}`;
}

/** The line with the stretch underlined; undefined where the problem is of the file as a whole. */
function excerptOf({ file, range: { start, end } }: FileDiagnostic): string | undefined {
  if (start.line === end.line && start.character === end.character) return undefined;
  const line = fs
    .readFileSync(file, "utf8")
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)[start.line];
  if (line === undefined) return undefined;
  const number = String(start.line + 1);
  const stop = end.line === start.line ? end.character : line.length;
  // Tabs stay tabs, so that the marks stand under what they mean.
  const before = line.slice(0, start.character).replace(/[^\t]/g, " ");
  const marks = "^".repeat(Math.max(1, stop - start.character));
  return `  ${number} | ${line}\n  ${" ".repeat(number.length)} | ${before}${colours.red(marks)}`;
}

function summary(errors: number, others: number, files: number): string {
  const where = files === 1 ? "" : ` in ${counted(files, "file")}`;
  if (errors === 0 && others === 0) return `No problems${where}.`;
  const remarks =
    others === 0 ? "" : errors === 0 ? counted(others, "remark") : ` and ${counted(others, "remark")}`;
  return `${errors === 0 ? "" : counted(errors, "error")}${remarks}${where}.`;
}
