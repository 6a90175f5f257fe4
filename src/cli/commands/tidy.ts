import type { Command } from "commander";
import { counted } from "../numbers.ts";
import { runNamed } from "../run-argument.ts";
import { keepStdoutForJson, say, sayJson } from "../terminal.ts";

export function addTidy(program: Command): void {
  program
    .command("tidy")
    .summary("list the layers of a run's network")
    .description("List the layers of a run's network: name, Keras's class, number of parameters.")
    .argument("<run>", 'a run\'s id, its folder, or "last"')
    .option("--runs <folder>", "where runs are kept (default: .kspec/runs of the project)")
    .option("--json", "print one JSON object a line for each layer")
    .addHelpText("after", "\nExamples:\n  kspec tidy last\n  kspec tidy last --json")
    .action(async (run: string, options: { runs?: string; json?: true }) => {
      if (options.json) keepStdoutForJson();
      const folder = runNamed(run, options.runs);
      const { tidyRun } = await import("../../jobs/index.ts");
      const layers = tidyRun(folder);
      if (options.json) return layers.forEach(sayJson);
      const parameters = layers.map(({ n_params }) => n_params.toLocaleString("en"));
      const [name, kind, count] = [
        Math.max(...layers.map(({ layer }) => layer.length)),
        Math.max(...layers.map((layer) => layer.class.length)),
        Math.max(...parameters.map((text) => text.length)),
      ];
      for (const [i, layer] of layers.entries())
        say(`${layer.layer.padEnd(name)}  ${layer.class.padEnd(kind)}  ${parameters[i]!.padStart(count)}`);
      const total = layers.reduce((sum, { n_params }) => sum + n_params, 0);
      say(`${counted(layers.length, "layer")}, ${counted(total, "parameter")}`);
    });
}
