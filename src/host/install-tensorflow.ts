import * as vscode from "vscode";
import { runCli, type CliEnd } from "./cli-process.ts";
import { followCli } from "./cli-stream.ts";
import { isTrusted } from "./only-trusted.ts";

export interface InstallParts {
  readonly extension: vscode.Uri;
  /** The extension's own, for all workspaces. */
  readonly storage: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

/**
 * **Install native TensorFlow**: says what it costs, then lets the command line install it into the extension's storage, with a notification that
 * can cancel it. Fits find it from then on, in the terminal too.
 */
export async function installTensorFlow(parts: InstallParts): Promise<void> {
  if (!(await isTrusted(OFF_INSTALL))) return;
  const found = await statusOf(parts);
  if (found === undefined) return;
  if (found.installed !== null) {
    const { bytes, folder } = found.installed;
    void vscode.window.showInformationMessage(
      `${named(found.installed)} is installed already: ${megabytes(bytes)} in ${folder}.`,
    );
    return;
  }
  if (found.obstacle !== null) return fail(parts, found.obstacle);
  const install = "Install";
  const detail =
    `It takes about ${megabytes(found.needed)}, in ${found.folder}. npm fetches the package @tensorflow/tfjs-node from its registry, and the ` +
    "package's install script fetches TensorFlow's library from storage.googleapis.com. KSpec: Remove native TensorFlow removes it again.";
  const options = { modal: true, detail };
  if (
    (await vscode.window.showInformationMessage("Install native TensorFlow?", options, install)) !== install
  )
    return;

  const end = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: "Installing native TensorFlow",
      cancellable: true,
    },
    (progress, cancellation) => {
      const stop = new AbortController();
      cancellation.onCancellationRequested(() => {
        progress.report({ message: "stopping, and removing what is there so far" });
        stop.abort();
      });
      let doing = STAGES.packages;
      return followCli(scriptOf(parts), ["install-tensorflow", ...into(parts)], stop.signal, (said) => {
        const now = said as Said;
        if (now.type === "log") parts.log.info(`npm: ${now.line}`);
        if (now.type === "stage") doing = STAGES[now.stage];
        if (stop.signal.aborted) return;
        if (now.type === "stage") progress.report({ message: doing });
        if (now.type === "progress") progress.report({ message: `${doing}, ${megabytes(now.bytes)} so far` });
      });
    },
  );
  if (end.how === "cancelled") {
    parts.log.info("The install of native TensorFlow was cancelled.");
    void vscode.window.showInformationMessage("Nothing was installed.");
    return;
  }
  if (end.how === "failed") return fail(parts, end.message);
  const installed = (end.said as Said[]).find((one) => one.type === "installed");
  if (installed?.type !== "installed") return;
  parts.log.info(`${named(installed)} was installed into ${installed.folder}.`);
  const doctor = "Doctor";
  const chosen = await vscode.window.showInformationMessage(
    `${named(installed)} is installed and computes (${megabytes(installed.bytes)}). Fits find it from now on.`,
    doctor,
  );
  if (chosen === doctor) await vscode.commands.executeCommand("kspec.doctor");
}

/** **Remove native TensorFlow**: what KSpec installed, here or from the terminal; never what is in a project's own node_modules. */
export async function removeTensorFlow(parts: InstallParts): Promise<void> {
  if (!(await isTrusted(OFF_REMOVE))) return;
  const found = await statusOf(parts);
  if (found === undefined) return;
  if (found.installed === null) {
    void vscode.window.showInformationMessage("KSpec has installed no native TensorFlow.");
    return;
  }
  const { bytes, folder } = found.installed;
  const remove = "Remove";
  const options = { modal: true, detail: `${megabytes(bytes)} in ${folder} are freed.` };
  if ((await vscode.window.showWarningMessage("Remove native TensorFlow?", options, remove)) !== remove)
    return;
  const end = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Removing native TensorFlow" },
    () => cli(parts, "--remove"),
  );
  if (end.how === "failed") return fail(parts, end.message);
  const { freed = 0 } = ((end.how === "done" && end.said[0]) || {}) as { freed?: number };
  parts.log.info(`Native TensorFlow in ${folder} was removed.`);
  void vscode.window.showInformationMessage(`${megabytes(freed)} were freed.`);
}

const OFF_INSTALL =
  "Install native TensorFlow is off in Restricted Mode: it runs the install script of an npm package. Trust this workspace to install it.";
const OFF_REMOVE =
  "Remove native TensorFlow is off in Restricted Mode, as installing it is. Trust this workspace to remove it.";

/** A line of `kspec install-tensorflow --json`. */
type Said =
  | { readonly type: "stage"; readonly stage: keyof typeof STAGES }
  | { readonly type: "progress"; readonly bytes: number }
  | { readonly type: "log"; readonly line: string }
  | ({ readonly type: "installed" } & Installed);

interface Installed {
  readonly folder: string;
  readonly version: string;
  readonly library?: string;
  readonly bytes: number;
}

interface Status {
  readonly installed: Installed | null;
  readonly folder: string;
  readonly needed: number;
  readonly obstacle: string | null;
}

const STAGES = {
  packages: "packages",
  library: "TensorFlow's library",
  addon: "the part between it and Node",
  trial: "trying whether it computes",
} as const as Readonly<Record<"packages" | "library" | "addon" | "trial", string>>;

async function statusOf(parts: InstallParts): Promise<Status | undefined> {
  const end = await cli(parts, "--status");
  if (end.how === "failed") fail(parts, end.message);
  return end.how === "done" ? (end.said[0] as Status) : undefined;
}

function cli(parts: InstallParts, option: string): Promise<CliEnd> {
  const args = ["install-tensorflow", option, ...into(parts)];
  return runCli(scriptOf(parts), args, new AbortController().signal);
}

function into({ storage }: InstallParts): string[] {
  return ["--folder", vscode.Uri.joinPath(storage, "tensorflow").fsPath];
}

function scriptOf({ extension }: InstallParts): string {
  return vscode.Uri.joinPath(extension, "dist", "cli.js").fsPath;
}

function fail({ log }: InstallParts, message: string): void {
  log.error(`Native TensorFlow: ${message}`);
  const show = "Show log";
  void vscode.window.showErrorMessage(message, show).then((chosen) => {
    if (chosen === show) log.show(true);
  });
}

function named({ library, version }: Installed): string {
  return `Native TensorFlow ${library ?? `(@tensorflow/tfjs-node ${version})`}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
