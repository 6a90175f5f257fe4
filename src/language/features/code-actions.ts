import {
  CodeActionKind,
  type CodeAction,
  type Connection,
  type TextDocuments,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { diagnose } from "../diagnose.ts";
import type { Position, Range } from "../diagnostic.ts";
import { toLsp } from "./diagnostics.ts";
import { isSpecUri } from "./spec-uri.ts";

/** The quick fixes of the problems under the cursor or the selection, as the text stands now. */
export function offerQuickFixes(connection: Connection, documents: TextDocuments<TextDocument>): void {
  connection.onCodeAction(({ textDocument: { uri }, range, context: { only } }): CodeAction[] => {
    const document = documents.get(uri);
    const wanted = only?.some((kind) => kind === "" || kind === CodeActionKind.QuickFix) ?? true;
    if (!document || !isSpecUri(uri) || !wanted) return [];
    return diagnose(document.getText(), uri).flatMap((diagnostic) => {
      const { fix } = diagnostic;
      if (!fix || !touches(diagnostic.range, range)) return [];
      return {
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [toLsp(diagnostic, uri)],
        isPreferred: true,
        edit: { changes: { [uri]: fix.edits.map(({ range, newText }) => ({ range, newText })) } },
      };
    });
  });
}

function touches(one: Range, other: Range): boolean {
  return !isBefore(one.end, other.start) && !isBefore(other.end, one.start);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
