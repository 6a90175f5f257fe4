/** The command line: `kspec COMMAND`. One file a command; what they do is in the room `jobs`. */
import { Command, CommanderError } from "commander";
import { addCache } from "./commands/cache.ts";
import { addCheck } from "./commands/check.ts";
import { addClassify } from "./commands/classify.ts";
import { addCompile } from "./commands/compile.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEvaluate } from "./commands/evaluate.ts";
import { addExport } from "./commands/export.ts";
import { addFeatures } from "./commands/features.ts";
import { addFit } from "./commands/fit.ts";
import { addGlance } from "./commands/glance.ts";
import { addInit } from "./commands/init.ts";
import { addInstallTensorFlow } from "./commands/install-tensorflow.ts";
import { addAugment, addPredict } from "./commands/predict.ts";
import { addRuns } from "./commands/runs.ts";
import { addTidy } from "./commands/tidy.ts";
import { addShow } from "./commands/show.ts";
import { addTune } from "./commands/tune.ts";
import { keepCompiledCode } from "../startup/compiled-code.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { flushed, surviveClosedPipes, tellError } from "./terminal.ts";

surviveClosedPipes();
keepCompiledCode(import.meta.dirname, process.argv[2] === "check" ? "check" : "fit");
void main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const program = new Command("kspec")
    .description("Fit networks that are written as layer blocks in *.kspec.ts files, and use them.")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help of a command")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) })
    .showHelpAfterError('See "kspec --help", or "kspec COMMAND --help".')
    .addHelpText("after", examples);
  // Only when it is asked for: the version is in KSpec's manifest, which is read by the engine's bundle.
  if (args.some((arg) => arg === "--version" || arg === "-V")) {
    const { kspecVersion } = await import("../jobs/index.ts");
    program.version(kspecVersion(), "-V, --version", "show the version");
  } else program.option("-V, --version", "show the version");
  for (const add of [
    addCheck,
    addCompile,
    addFit,
    addTune,
    addShow,
    addPredict,
    addEvaluate,
    addAugment,
    addTidy,
    addGlance,
    addClassify,
    addExport,
    addRuns,
    addFeatures,
    addCache,
    addDoctor,
    addInstallTensorFlow,
    addInit,
  ])
    add(program);
  try {
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    else {
      tellError(error);
      process.exitCode = exitCodeOf(error);
    }
  }
  await flushed();
  // Threads of the engine would keep the process alive.
  process.exit();
}

/** A function, because the commands are read before the rest of this file. */
function examples(): string {
  return `
Examples:
  kspec init                                  write a first spec that fits
  kspec check my_model.kspec.ts               what the rules say of it
  kspec fit my_model.kspec.ts --seed 1        fit it; the run is kept in .kspec/runs
  kspec tune my_model.kspec.ts                search for the best values of what it marks with tune()
  kspec show last                             the candidates of a tuning, best first
  kspec predict last photos/ --out out.csv    predict new images with the last run
  kspec export last --to onnx                 write its model as one ONNX file
  kspec classify resnet50 cat.jpg             what a pretrained network sees in an image
  kspec runs                                  list the runs
  kspec cache                                 list the features that are kept of frozen bases
  kspec doctor                                what computes here, and what would be faster

Exit codes: 0 done, 1 the work failed or was stopped, 2 wrong usage or a spec with errors.`;
}
