import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { sizeOfFolder } from "./places.ts";

/** What an install is at: fetching packages from the registry, TensorFlow's library from its storage, or the part between Node and it. */
export type InstallStage = "packages" | "library" | "addon";

/** How npm ended. */
export interface NpmEnd {
  readonly succeeded: boolean;
  /** Where it was when it ended. */
  readonly stage: InstallStage;
  /** Its last lines, the newest last. */
  readonly lines: readonly string[];
  /** The error of the system, where npm did not even start. */
  readonly error?: NodeJS.ErrnoException;
}

export interface NpmHooks {
  stage(stage: InstallStage): void;
  progress(bytes: number): void;
  log(line: string): void;
}

/** The path of the user's npm: the first one on the PATH. */
export function findNpm(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const name = platform === "win32" ? "npm.cmd" : "npm";
  // Windows calls the variable Path, and compares without regard to case only in the environment itself.
  const value = env["PATH"] ?? env["Path"] ?? "";
  return value
    .split(path.delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => path.join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * `npm install PACKAGE` in a folder. The user's npm settings hold: registry, proxy, certificates, and whether install scripts run.
 *
 * @param signal Ends npm and the processes it started.
 */
export async function npmInstall(
  npm: string,
  packageSpec: string,
  folder: string,
  hooks: NpmHooks,
  signal?: AbortSignal,
): Promise<NpmEnd> {
  let stage: InstallStage = "packages";
  const lines: string[] = [];
  hooks.stage(stage);
  const hear = (line: string) => {
    if (line.trim() === "") return;
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    hooks.log(line);
    const next = STAGES.find(({ begins }) => line.startsWith(begins))?.stage;
    if (next !== undefined && next !== stage) hooks.stage((stage = next));
  };

  const child = start(npm, ["install", packageSpec, ...OPTIONS], folder);
  const stop = () => endWithChildren(child);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  const measuring = setInterval(() => void sizeOfFolder(folder).then(hooks.progress), 1_000);
  measuring.unref();
  for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on("line", hear);
  try {
    return await new Promise<NpmEnd>((resolve) => {
      child.once("error", (error) => resolve({ succeeded: false, stage, lines, error }));
      child.once("close", (code) => resolve({ succeeded: code === 0, stage, lines }));
    });
  } finally {
    clearInterval(measuring);
    signal?.removeEventListener("abort", stop);
  }
}

/** What the install script of `@tensorflow/tfjs-node` prints when it begins a part of its work. */
const STAGES: readonly { begins: string; stage: InstallStage }[] = [
  { begins: "* Downloading libtensorflow", stage: "library" },
  { begins: "* Building TensorFlow Node.js bindings", stage: "addon" },
];

const OPTIONS = [
  // Else npm keeps to itself what install scripts print.
  "--foreground-scripts",
  "--loglevel=http",
  "--no-audit",
  "--no-fund",
  "--no-package-lock",
  "--no-progress",
  "--no-update-notifier",
];
const KEPT_LINES = 400;

function start(npm: string, args: readonly string[], cwd: string): ChildProcess {
  const windows = process.platform === "win32";
  const env = { ...process.env };
  // Meant for the editor's own Node, whose programs npm's are not.
  for (const name of Object.keys(env))
    if (name.startsWith("VSCODE_") || name === "ELECTRON_RUN_AS_NODE") delete env[name];
  // Node starts no .cmd but by a shell. No argument of ours has a sign that means something to it, and the path is quoted.
  return spawn(windows ? `"${npm}"` : npm, [...args], {
    cwd,
    env,
    shell: windows,
    // A group of its own, so that its children can be ended with it, and Ctrl-C is ours to handle.
    detached: !windows,
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function endWithChildren(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { windowsHide: true, stdio: "ignore" }).on(
      "error",
      () => child.kill(),
    );
    return;
  }
  const signalGroup = (name: NodeJS.Signals) => {
    try {
      process.kill(-pid, name);
    } catch {
      // It has ended.
    }
  };
  signalGroup("SIGTERM");
  const hard = setTimeout(() => signalGroup("SIGKILL"), 3_000);
  hard.unref();
  child.once("close", () => clearTimeout(hard));
}
