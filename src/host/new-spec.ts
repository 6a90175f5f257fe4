import path from "node:path";
import * as vscode from "vscode";
import { TEMPLATES, freeName, type Template } from "./spec-templates.ts";

/**
 * **New spec…**: writes one of the templates as a file and opens it. It can be taken back at once, with the
 * button of the message or by undo in the Explorer.
 */
export async function newSpec(extension: vscode.Uri): Promise<void> {
  const template = await pickTemplate();
  if (!template) return;
  const file = await pickFile(template);
  if (!file) return;
  const contents = await vscode.workspace.fs.readFile(
    vscode.Uri.joinPath(extension, "media", "templates", template.file),
  );
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(file, { contents, overwrite: false, ignoreIfExists: false });
  if (!(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showErrorMessage(
      `${file.fsPath} could not be written. Choose a folder that you may write to, and a name that is free.`,
    );
    return;
  }
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  await offerUndo(document, new TextDecoder().decode(contents), template);
}

async function pickTemplate(): Promise<Template | undefined> {
  const picked = await vscode.window.showQuickPick(
    TEMPLATES.map((template) => ({ label: template.label, detail: template.detail, template })),
    { title: "New spec", placeHolder: "Choose what it starts from", matchOnDetail: true },
  );
  return picked?.template;
}

/** A name in the folder of the active editor, else in the workspace's; with no folder open, anywhere. */
async function pickFile(template: Template): Promise<vscode.Uri | undefined> {
  const folder = await folderForNewFiles();
  if (!folder)
    return vscode.window.showSaveDialog({
      title: "New spec",
      defaultUri: vscode.Uri.file(path.resolve(template.file)),
      filters: { Spec: ["kspec.ts"] },
    });
  const taken = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  const suggested = freeName(template.file, taken);
  const name = await vscode.window.showInputBox({
    title: "New spec",
    prompt: `File name in ${vscode.workspace.asRelativePath(folder, true)}`,
    value: suggested,
    valueSelection: [0, suggested.length - ".kspec.ts".length],
    validateInput: (value) => {
      if (!/^[^\\/:*?"<>|]+\.kspec\.ts$/.test(value)) return "The name of a spec ends with .kspec.ts.";
      return taken.has(value) ? `${value} is there already.` : undefined;
    },
  });
  return name === undefined ? undefined : vscode.Uri.joinPath(folder, name);
}

async function folderForNewFiles(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && vscode.workspace.getWorkspaceFolder(active)) return vscode.Uri.joinPath(active, "..");
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0]?.uri;
  return (await vscode.window.showWorkspaceFolderPick({ placeHolder: "Choose the folder of the new spec" }))
    ?.uri;
}

async function offerUndo(document: vscode.TextDocument, written: string, { tunes }: Template): Promise<void> {
  const run = tunes ? "Tune model" : "Fit model";
  const undo = "Undo";
  const name = path.posix.basename(document.uri.path);
  const chosen = await vscode.window.showInformationMessage(`${name} was made.`, run, undo);
  if (chosen === run) await vscode.commands.executeCommand(tunes ? "kspec.tune" : "kspec.fit", document.uri);
  if (chosen !== undo) return;
  if (document.isClosed || document.getText() === written) {
    const back = new vscode.WorkspaceEdit();
    back.deleteFile(document.uri, { ignoreIfNotExists: true });
    await vscode.workspace.applyEdit(back);
  } else void vscode.window.showInformationMessage(`${name} was changed since, so it is kept.`);
}
