import { execFile } from "node:child_process";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { reasonIn } from "./cli-process.ts";
import { settingsFor } from "./settings.ts";
import { givenSpec } from "./spec-choice.ts";
import { workerEnvironment } from "./worker-process.ts";

/**
 * **Doctor**: what `kspec doctor` says under the settings of the spec in front, as a text that cannot be edited. In an untrusted workspace
 * its `node_modules` are left out, since finding native TensorFlow there would run it.
 */
export class Doctor implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  readonly #extension: vscode.Uri;
  #text = "";

  constructor(extension: vscode.Uri) {
    this.#extension = extension;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: this.#changed.event,
      provideTextDocumentContent: () => this.#text,
    });
  }

  async show(): Promise<void> {
    const progress = { location: vscode.ProgressLocation.Window, title: "Looking at this computer" };
    const end = await vscode.window.withProgress(progress, () => examine(this.#extension));
    if (end.failed !== undefined) {
      void vscode.window.showErrorMessage(end.failed);
      return;
    }
    this.#text = end.text;
    const place = vscode.Uri.from({ scheme: SCHEME, path: "KSpec Doctor" });
    this.#changed.fire(place);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(place), { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

const SCHEME = "kspec-doctor";
const RESTRICTED =
  "This workspace is in Restricted Mode: native TensorFlow was not looked for in its node_modules.\n\n";

function examine(extension: vscode.Uri): Promise<{ text: string; failed?: string }> {
  const trusted = vscode.workspace.isTrusted;
  const spec = settingsPlace();
  const script = vscode.Uri.joinPath(extension, "dist", "cli.js").fsPath;
  const options = {
    cwd: trusted ? path.dirname(spec.fsPath) : extension.fsPath,
    env: workerEnvironment(process.env, settingsFor(spec).env),
    windowsHide: true,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, "doctor"], options, (error, stdout, stderr) => {
      // It also ends with 1 where nothing can train; then it has said so.
      if (stdout !== "") resolve({ text: (trusted ? "" : RESTRICTED) + stdout });
      else resolve({ text: "", failed: reasonIn(stderr, error?.code) });
    });
  });
}

/** The spec in front; else a place in the first folder that is open, else in the user's own. */
function settingsPlace(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
  const active = givenSpec(undefined);
  if (active?.scheme === "file") return active;
  return vscode.Uri.file(path.join(folder ?? os.homedir(), "any.kspec.ts"));
}
