import type { CodeLens, Connection, TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { runnables } from "../runnables.ts";
import { isSpecUri } from "./spec-uri.ts";

const LENSES = {
  fit: { title: "Fit model", command: "kspec.fit" },
  tune: { title: "Tune model", command: "kspec.tune" },
} as const;

/** "Fit model" and "Tune model" above what is exported; the editor's commands take the file and the export's name. */
export function offerCodeLenses(connection: Connection, documents: TextDocuments<TextDocument>): void {
  connection.onCodeLens(({ textDocument: { uri } }): CodeLens[] => {
    const document = documents.get(uri);
    if (!document || !isSpecUri(uri)) return [];
    return runnables(document.getText(), uri).map(({ name, kind, range }) => ({
      range: { start: range.start, end: range.start },
      command: { ...LENSES[kind], arguments: [uri, name] },
    }));
  });
}
