import path from "node:path";
import * as vscode from "vscode";
import type { LanguageServer } from "./language-server.ts";
import { givenSpec, pickSpec, type Runnable } from "./spec-choice.ts";

/** A spec that can be handed to a worker: on disk as it stands in the editor. */
export interface SavedSpec {
  readonly uri: vscode.Uri;
  readonly document: vscode.TextDocument;
  /** What it exports that can be run; empty where the language server cannot tell. */
  readonly runnables: readonly Runnable[];
}

/**
 * The spec that a command means, saved; a person is asked where it is not clear.
 *
 * @param given what the command was given: a URI, its text from a code lens, or nothing.
 * @param title of the command, for the question.
 * @returns undefined where there is none, nobody chose one or it could not be saved, which is said then.
 */
export async function savedSpec(
  given: unknown,
  title: string,
  language: LanguageServer,
): Promise<SavedSpec | undefined> {
  const spec = givenSpec(given) ?? (await pickSpec(title));
  if (!spec) return undefined;
  const uri = await savedOnDisk(spec);
  if (!uri) return undefined;
  // The language server knows only texts that are open.
  const document = await vscode.workspace.openTextDocument(uri);
  return { uri, document, runnables: (await language.runnables(uri)) ?? [] };
}

/** Brings a spec into sight: the panel opens beside it. */
export async function bringIntoSight(document: vscode.TextDocument): Promise<void> {
  const inSight = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
  if (!inSight)
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
}

/** The worker reads the spec, and what it imports, from disk: what is unsaved is saved first. */
async function savedOnDisk(spec: vscode.Uri): Promise<vscode.Uri | undefined> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === spec.toString());
  let saved: vscode.Uri | undefined = spec;
  if (open?.isUntitled) saved = await vscode.workspace.save(spec);
  else if (open?.isDirty && !(await open.save())) saved = undefined;
  if (!saved) {
    void vscode.window.showErrorMessage(
      `${path.posix.basename(spec.path)} could not be saved. Save it, then try again: the background process reads it from disk.`,
    );
    return undefined;
  }
  if (saved.scheme !== "file") {
    void vscode.window.showErrorMessage(
      `${path.posix.basename(spec.path)} is not in a folder on disk. Save a copy of it on disk, then use that.`,
    );
    return undefined;
  }
  const neighbours = vscode.workspace.textDocuments.filter(
    ({ isDirty, isUntitled, uri, languageId }) =>
      isDirty &&
      !isUntitled &&
      uri.scheme === "file" &&
      ["typescript", "javascript", "json"].includes(languageId),
  );
  for (const document of neighbours) await document.save();
  return saved;
}
