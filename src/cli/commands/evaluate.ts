import type { Command } from "commander";
import { metricLine } from "../fit-report.ts";
import { counted, threeDigits } from "../numbers.ts";
import { ProgressLine, progressText } from "../progress-line.ts";
import { runNamed } from "../run-argument.ts";
import { aside, keepStdoutForJson, say, sayJson } from "../terminal.ts";

export function addEvaluate(program: Command): void {
  program
    .command("evaluate")
    .summary("measure the model of a run on data whose truth is known")
    .description(
      "Measure the model of a run on data whose truth is known: a CSV with the outcome's column, or folders of images named after the classes.",
    )
    .argument("<run>", 'a run\'s id, its folder, or "last"')
    .argument("<data...>", "folders of class folders with images, or one CSV file")
    .option("--runs <folder>", "where runs are kept (default: .kspec/runs of the project)")
    .option("--keras", "print the loss and the metrics of the epoch log instead of the metric set")
    .option("--json", "print one JSON object a line for each metric")
    .addHelpText(
      "after",
      "\nExamples:\n  kspec evaluate last more_photos/\n  kspec evaluate last held_out.csv --json\n  kspec evaluate last held_out.csv --keras",
    )
    .action(async (run: string, data: string[], options: { runs?: string; keras?: true; json?: true }) => {
      if (options.json) keepStdoutForJson();
      const folder = runNamed(run, options.runs);
      const { evaluate, kerasEvaluate } = await import("../../jobs/index.ts");
      const line = new ProgressLine();
      const hooks = {
        progress: (done: number, total: number) =>
          line.show(progressText("Evaluating", done, total, "rows", null)),
        note: (message: string) => {
          line.clear();
          aside(message);
        },
      };
      if (options.keras) {
        const { n, values } = await kerasEvaluate({ run: folder, data }, hooks);
        line.clear();
        if (options.json) return sayJson(values);
        say(counted(n, "row"));
        for (const [name, value] of Object.entries(values)) say(`${name} ${threeDigits(value)}`);
        return;
      }
      const { n, metrics } = await evaluate({ run: folder, data }, hooks);
      line.clear();
      if (!options.json) say(counted(n, "row"));
      for (const row of metrics) {
        if (options.json) sayJson(row);
        else say(metricLine(row));
      }
    });
}
