import * as vscode from "vscode";
import type { Place } from "../protocol/index.ts";
import { openPlace } from "./end-messages.ts";

/**
 * Applies a quick fix that the editor offers for a problem of a run, and shows what became of the text. The text may have
 * changed since the run: the fix is looked for in the whole of it, and the one nearest to the place is taken.
 */
export async function applyFix(place: Place, title: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(place.file));
  const whole = document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
  const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    whole,
    vscode.CodeActionKind.QuickFix.value,
  );
  const { line } = place.range.start;
  const away = (action: vscode.CodeAction) =>
    Math.abs((action.diagnostics?.[0]?.range.start.line ?? 0) - line);
  const [fix] = actions.filter((action) => action.title === title).sort((a, b) => away(a) - away(b));
  if (fix?.edit === undefined) {
    await openPlace(place);
    void vscode.window.showInformationMessage(
      `"${title}" is not offered any more: the text has changed since this run. Fit again to see what holds now.`,
    );
    return;
  }
  await vscode.workspace.applyEdit(fix.edit);
  await openPlace({ file: place.file, range: fix.diagnostics?.[0]?.range ?? place.range });
}
