import path from "node:path";
import * as vscode from "vscode";
import { chooseCandidate } from "./choose-tuning.ts";
import type { RunningSpecs } from "./fit-model.ts";
import { isTrusted } from "./only-trusted.ts";
import { valuesWords } from "./tuning-words.ts";

/**
 * **Use best values**: writes a candidate's values into the text of its spec in the place of the `tune()` marks, as one edit that can be
 * undone, and shows what became of it. The text may have changed since the tuning: the language server says where the values go now.
 *
 * @param given as of `chooseCandidate`.
 * @param config another candidate than the best.
 */
export async function useValues(
  { language, fits }: Pick<RunningSpecs, "language" | "fits">,
  given: unknown,
  config: string | undefined,
): Promise<void> {
  if (!(await isTrusted(OFF))) return;
  const chosen = await chooseCandidate(given, config, { title: "Use best values", fits });
  if (!chosen) return;
  const { run, tuning, candidate } = chosen;
  const name = path.basename(run.file);
  const values = valuesWords(candidate.values);
  if (values === "") {
    void vscode.window.showInformationMessage(
      `${run.title} has tuned nothing, so there are no values to use.`,
    );
    return;
  }
  const uri = vscode.Uri.file(run.file);
  const document = await openSpec(uri);
  if (!document) {
    void vscode.window.showErrorMessage(
      `${run.file} is not there any more, so the values cannot be written into it: ${values}.`,
    );
    return;
  }
  const targets = Object.fromEntries(tuning.started.parameters.map(({ id, target }) => [id, target]));
  const answer = await language.valuesEdit(uri, run.workflow ?? "default", candidate.values, targets);
  if (answer === undefined || "reason" in answer) {
    const why = answer?.reason ?? "The language server did not answer.";
    await offerToCopy(`The values were not written into ${name}. ${why}`, values);
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { range, newText } of answer.edits) edit.replace(uri, rangeOf(range), newText);
  if (!(await vscode.workspace.applyEdit(edit))) {
    await offerToCopy(`The editor refused to change ${name}. Is it read-only?`, values);
    return;
  }
  await showFirst(
    document,
    answer.edits.map(({ range }) => rangeOf(range)),
  );
  const fit = "Fit model";
  const said = await vscode.window.showInformationMessage(
    `${name} has the values now: ${values}. Undo takes them back.`,
    fit,
  );
  if (said === fit) await vscode.commands.executeCommand("kspec.fit", uri);
}

async function openSpec(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined;
  }
}

/** Where the first value went; the panel keeps its own column. The caret, and no selection: the next key must not replace it. */
async function showFirst(document: vscode.TextDocument, ranges: readonly vscode.Range[]): Promise<void> {
  const [first] = [...ranges].sort((a, b) => a.start.compareTo(b.start));
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  await vscode.window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    preview: false,
    ...(first ? { selection: new vscode.Range(first.start, first.start) } : {}),
  });
}

async function offerToCopy(message: string, values: string): Promise<void> {
  const copy = "Copy values";
  const chosen = await vscode.window.showWarningMessage(message, copy);
  if (chosen === copy) await vscode.env.clipboard.writeText(values);
}

function rangeOf({ start, end }: { start: Position; end: Position }): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
interface Position {
  readonly line: number;
  readonly character: number;
}

const OFF =
  "Use best values is off in Restricted Mode, as tuning is. Trust this workspace to let KSpec change its specs.";
