import path from "node:path";
import * as vscode from "vscode";

/** Which spec, and which of its workflows, a command means. */

export const SPEC_PATTERN = "**/*.kspec.ts";

export function isSpec(uri: vscode.Uri): boolean {
  return uri.path.endsWith(".kspec.ts");
}

/** What the language server says can be run of a file (request `kspec/runnables`); a `last_fit` is both fitted and tuned. */
export interface Runnable {
  /** The name it is exported by; `default` too. */
  readonly name: string;
  readonly title: string;
  readonly isDefault: boolean;
  /** Absent: it is fitted. */
  readonly kind?: "fit" | "tune";
}

/** The spec a command was given (a URI, or its text from a code lens), else the active editor's, else undefined. */
export function givenSpec(given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  if (typeof given === "string") return vscode.Uri.parse(given);
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && isSpec(active)) return active;
  // With the focus in the results panel there is no active text editor; the one spec in sight is meant.
  const inSight = vscode.window.visibleTextEditors.map(({ document }) => document.uri).filter(isSpec);
  return inSight.length === 1 ? inSight[0] : undefined;
}

/** Lets a person choose among the workspace's specs; says what to do where there is none. */
export async function pickSpec(title: string): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(SPEC_PATTERN, "**/{node_modules,.kspec}/**", 500);
  if (found.length === 0) {
    const make = "New spec…";
    const chosen = await vscode.window.showInformationMessage(
      "There is no spec (*.kspec.ts) in the open folders.",
      make,
    );
    if (chosen === make) await vscode.commands.executeCommand("kspec.newSpec");
    return undefined;
  }
  if (found.length === 1) return found[0];
  const items = found
    .map((uri) => ({
      label: path.posix.basename(uri.path),
      description: folderOf(vscode.workspace.asRelativePath(uri)),
      uri,
    }))
    .sort((a, b) => a.label.localeCompare(b.label) || a.description.localeCompare(b.description));
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: "Choose a spec" });
  return picked?.uri;
}

/**
 * The export that is meant where none was named: of those that can be fitted, or tuned, the default one, the only one, or the one a
 * person picks. `undefined` leaves it to the worker, which knows files that the language server cannot follow.
 *
 * @returns "none" when a person was asked and chose nothing.
 */
export async function pickRunnable(
  runnables: readonly Runnable[],
  kind: "fit" | "tune",
): Promise<Runnable | undefined | "none"> {
  const offered = runnables.filter((one) => (one.kind ?? "fit") === kind);
  const meant = offered.find(({ isDefault }) => isDefault) ?? (offered.length === 1 ? offered[0] : undefined);
  if (meant || offered.length === 0) return meant;
  const picked = await vscode.window.showQuickPick(
    offered.map((runnable) => ({ label: runnable.title, runnable })),
    kind === "fit"
      ? { title: "Fit model", placeHolder: "Choose a workflow" }
      : { title: "Tune model", placeHolder: "Choose a tuning" },
  );
  return picked?.runnable ?? "none";
}

/** The folder of a path; empty for the workspace's own. */
function folderOf(relative: string): string {
  const folder = path.posix.dirname(relative);
  return folder === "." ? "" : folder;
}

/** What a workflow is called until its run says so itself; a default export goes by its model, else by its file. */
export function workflowTitle(
  spec: vscode.Uri,
  name: string | undefined,
  runnables: readonly Runnable[],
): string {
  const title = runnables.find((runnable) => runnable.name === name)?.title ?? name ?? "default";
  const model = /^default \((.+)\)$/.exec(title)?.[1];
  return model ?? (title === "default" ? specName(spec) : title);
}

/** "digits_transfer" for `…/digits_transfer.kspec.ts`. */
export function specName(uri: vscode.Uri): string {
  return path.posix.basename(uri.path, ".kspec.ts");
}
