import type { CodeLens, Connection, TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { runnables } from "../runnables.ts";
import { isSpecUri } from "./spec-uri.ts";

/** "Fit model" above every exported workflow; the editor's command takes the file and the workflow's name. */
export function offerCodeLenses(connection: Connection, documents: TextDocuments<TextDocument>): void {
  connection.onCodeLens(({ textDocument: { uri } }): CodeLens[] => {
    const document = documents.get(uri);
    if (!document || !isSpecUri(uri)) return [];
    return runnables(document.getText(), uri).map(({ name, range }) => ({
      range: { start: range.start, end: range.start },
      command: { title: "Fit model", command: "kspec.fit", arguments: [uri, name] },
    }));
  });
}
