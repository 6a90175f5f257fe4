import { Option, type Command } from "commander";
import { EXIT } from "../exit-code.ts";
import { Interrupts } from "../interrupts.ts";
import { fileSize } from "../numbers.ts";
import { ProgressLine } from "../progress-line.ts";
import { aside, keepStdoutForJson, say, sayJson } from "../terminal.ts";

export function addInstallTensorFlow(program: Command): void {
  program
    .command("install-tensorflow")
    .summary("install or remove native TensorFlow")
    .description(
      "Install native TensorFlow (@tensorflow/tfjs-node) for KSpec alone, by your npm: about 650 MB in KSpec's folder for data. It is loaded and computes before it counts as installed, and then fits find it after the spec's own project and KSPEC_TFJS_NODE.",
    )
    .option("--remove", "remove what was installed")
    .addOption(
      new Option("--status", "say what is installed, and whether it can be; change nothing").conflicts(
        "remove",
      ),
    )
    .option(
      "--folder <folder>",
      "where to (default: tensorflow in $KSPEC_DATA, else in the platform's place)",
    )
    .option("--json", "print one JSON object a line: what it is at, then what is installed")
    .addHelpText(
      "after",
      "\nExamples:\n  kspec install-tensorflow\n  kspec install-tensorflow --remove\n\nTensorFlow's library comes from https://storage.googleapis.com, or from the mirror that TFJS_NODE_CDN_STORAGE names.",
    )
    .action((options: Options) => {
      if (options.json) keepStdoutForJson();
      if (options.remove) return remove(options);
      return options.status ? status(options) : install(options);
    });
}

interface Options {
  readonly remove?: true;
  readonly status?: true;
  readonly folder?: string;
  readonly json?: true;
}

async function install({ folder, json }: Options): Promise<void> {
  const { installTensorFlow, tensorFlowStatus } = await import("../../jobs/index.ts");
  const line = new ProgressLine();
  const interrupts = new Interrupts(() => aside("\nStopping; what is there so far is removed."));
  followOwner(interrupts);
  let title = STAGES.packages;
  if (!json) {
    const before = tensorFlowStatus(folder);
    if (before.installed === null && before.obstacle === null)
      say(`Native TensorFlow takes about ${megabytes(before.needed)}. It goes to ${before.folder}.`);
  }
  try {
    const installed = await installTensorFlow(
      {
        stage(stage) {
          title = STAGES[stage];
          if (json) sayJson({ type: "stage", stage });
          else if (line.active) line.show(title);
          else say(title);
        },
        progress(bytes) {
          if (json) sayJson({ type: "progress", bytes });
          else line.show(`${title} · ${fileSize(bytes)} so far`);
        },
        log(said) {
          if (json) sayJson({ type: "log", line: said });
        },
      },
      { signal: interrupts.signal, ...(folder === undefined ? {} : { folder }) },
    );
    line.clear();
    if (json) return sayJson({ type: "installed", ...installed });
    const { already, version, library, bytes } = installed;
    say(
      `Native TensorFlow ${library ?? ""} (@tensorflow/tfjs-node ${version}) ${already ? "is installed already" : "is installed and computes"}: ${fileSize(bytes)} in ${installed.folder}.`.replace(
        "  ",
        " ",
      ),
    );
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    line.clear();
    aside("Stopped. Nothing was installed.");
    process.exitCode = EXIT.failed;
  } finally {
    line.clear();
  }
}

const STAGES = {
  packages: "Fetching the package and what it needs",
  library: "Downloading TensorFlow's library",
  addon: "Fetching the part between TensorFlow and Node",
  trial: "Trying whether it computes",
} as const as Readonly<Record<"packages" | "library" | "addon" | "trial", string>>;

/** The editor that started us may go away, or stop us where a signal would end us before we have cleaned up. */
function followOwner(interrupts: Interrupts): void {
  if (process.connected) process.once("disconnect", () => interrupts.stop());
}

async function remove({ folder, json }: Options): Promise<void> {
  const { removeTensorFlow } = await import("../../jobs/index.ts");
  const removed = await removeTensorFlow(folder);
  if (json) return sayJson({ type: "removed", ...removed });
  say(removed.freed === 0 ? "There is nothing to remove." : `${fileSize(removed.freed)} freed.`);
}

async function status({ folder, json }: Options): Promise<void> {
  const { tensorFlowStatus } = await import("../../jobs/index.ts");
  const found = tensorFlowStatus(folder);
  if (json) return sayJson({ type: "status", ...found });
  const { installed } = found;
  if (installed !== null)
    return say(
      `Native TensorFlow ${installed.library ?? ""} is installed: ${fileSize(installed.bytes)} in ${installed.folder}.`,
    );
  say(
    found.obstacle ??
      `Native TensorFlow is not installed. It takes about ${megabytes(found.needed)} in ${found.folder}.`,
  );
}

/** Of what is only known about. */
function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
