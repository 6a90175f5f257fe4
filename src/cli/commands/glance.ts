import type { Command } from "commander";
import { threeDigits } from "../numbers.ts";
import { runNamed } from "../run-argument.ts";
import { keepStdoutForJson, say, sayJson } from "../terminal.ts";

export function addGlance(program: Command): void {
  program
    .command("glance")
    .summary("the last epoch of a run")
    .description("Print what the epoch log of a run says of its last finished epoch.")
    .argument("<run>", 'a run\'s id, its folder, or "last"')
    .option("--runs <folder>", "where runs are kept (default: .kspec/runs of the project)")
    .option("--json", "print one JSON object; nothing where no epoch has ended")
    .addHelpText("after", "\nExamples:\n  kspec glance last\n  kspec glance last --json")
    .action(async (run: string, options: { runs?: string; json?: true }) => {
      if (options.json) keepStdoutForJson();
      const folder = runNamed(run, options.runs);
      const { glanceRun } = await import("../../jobs/index.ts");
      const logs = glanceRun(folder);
      if (options.json) {
        if (logs !== null) sayJson(logs);
        return;
      }
      if (logs === null) return say("No epoch has ended.");
      for (const [name, value] of Object.entries(logs)) say(`${name} ${threeDigits(value)}`);
    });
}
