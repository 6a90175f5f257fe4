import type { Command } from "commander";
import type { Diagnosis } from "../../jobs/index.ts";
import { EXIT } from "../exit-code.ts";
import { counted, fileSize } from "../numbers.ts";
import { colours, keepStdoutForJson, say, sayJson } from "../terminal.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("what computes here, and what would be faster")
    .description(
      "Say which engines there are on this computer and which of them KSpec uses and why, where files are kept, which pretrained weights are here, and what would be faster. Native TensorFlow is looked for in the working folder's project.",
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nThe exit code is 1 when there is nothing to train with.")
    .action(async (options: { json?: true }) => {
      if (options.json) keepStdoutForJson();
      const { canTrain, doctor } = await import("../../jobs/index.ts");
      const found = await doctor(process.cwd());
      if (options.json) sayJson(found);
      else tell(found);
      if (!canTrain(found)) process.exitCode = EXIT.failed;
    });
}

function tell(found: Diagnosis): void {
  for (const [title, rows] of [
    ["This computer", computer(found)],
    ["Engines", engines(found)],
    ["What is used", used(found)],
    ["Files", files(found)],
    ["Pretrained weights", weights(found)],
    ["Variables that are set", variables(found)],
  ] as const) {
    say(colours.bold(title));
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) say(`  ${name.padEnd(width)}  ${wrapped(value, width + 4)}`.trimEnd());
    say("");
  }
  say(colours.bold("What would be better"));
  if (found.advice.length === 0) say("  Nothing that KSpec knows of.");
  for (const { message } of found.advice) say(`  ${colours.yellow("•")} ${wrapped(message, 4)}`);
}

/** Lines of at most so many columns, all but the first of them indented. Words are not broken, so paths can be copied. */
function wrapped(text: string, indent: number, columns = process.stdout.columns || 110): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && indent + last.length + 1 + word.length < columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}

type Rows = readonly (readonly [name: string, value: string])[];

function computer({
  kspec,
  computer: { node, platform, system, processor, cores, memory, free_memory },
}: Diagnosis): Rows {
  return [
    ["KSpec", kspec],
    ["Node", node],
    ["System", `${system}, ${platform}`],
    ["Processor", `${processor}, ${counted(cores, "core")}`],
    ["Memory", `${fileSize(memory)}, ${fileSize(free_memory)} free`],
  ];
}

function engines({ engines: { onnxruntime, tensorflow, wasm } }: Diagnosis): Rows {
  const { version, threads, device, reason, loads } = onnxruntime;
  const { library, version: tfjsNode, where, folder } = tensorflow;
  return [
    [
      ENGINES.onnxruntime,
      loads
        ? `${version}, ${counted(threads, "thread")}, device ${device}${onnxruntime.has_device ? "" : " (not in this build)"}`
        : `${colours.yellow("not available")}: ${reason}`,
    ],
    [
      ENGINES.tensorflow,
      !tensorflow.found
        ? "not installed; kspec install-tensorflow installs it"
        : tensorflow.loads
          ? `${library ?? "version unknown"} (@tensorflow/tfjs-node ${tfjsNode}), found ${where}`
          : `${colours.red("does not load")}: ${tensorflow.reason} (${folder})`,
    ],
    [
      ENGINES.wasm,
      `${wasm.simd ? "with" : "without"} vector instructions (SIMD), ${counted(wasm.threads, "thread")}`,
    ],
  ];
}

function used({ engines: { auto } }: Diagnosis): Rows {
  if (auto.trains === null) return [["Training", `${colours.red("nothing can train")}: ${auto.reason}`]];
  return [
    ["Training", nameOf(auto.trains)],
    ["Frozen bases", nameOf(auto.bases!)],
    ["Why", auto.reason],
  ];
}

const ENGINES: Readonly<Record<"onnxruntime" | "tensorflow" | "wasm", string>> = {
  onnxruntime: "ONNX Runtime",
  tensorflow: "Native TensorFlow",
  wasm: "WebAssembly",
};

/** Of an engine that is new, its own name. */
function nameOf(engine: string): string {
  return (ENGINES as Readonly<Record<string, string>>)[engine] ?? engine;
}

function files({ caches: { features, problem, folder, files, installed, keras } }: Diagnosis): Rows {
  const rest = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const most = features?.limit == null ? "" : ` of at most ${fileSize(features.limit)}`;
  return [
    ["Features", features ? `${fileSize(features.bytes)}${most}, in ${features.folder}` : problem!],
    ["Rest of the cache", `${fileSize(rest)}, in ${folder}`],
    ...(installed.tensorflow > 0
      ? [["Installed", `${fileSize(installed.tensorflow)} of native TensorFlow`] as const]
      : []),
    ["Keras's folder", keras],
  ];
}

function weights({ weights }: Diagnosis): Rows {
  if (weights.length === 0) return [["none", "they are fetched when a spec asks for them"]];
  return weights.map(({ application, top, file, bytes }) => [
    application,
    `${fileSize(bytes)}, ${top ? "with its top" : "without its top"}, ${file}`,
  ]);
}

function variables({ variables }: Diagnosis): Rows {
  if (variables.length === 0) return [["none", ""]];
  return variables.map(({ name, value, setting }) => [
    name,
    `${value.replaceAll("\n", "; ")}${setting === null ? "" : colours.dim(`  (setting ${setting})`)}`,
  ]);
}
