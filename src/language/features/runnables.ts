import type { Connection, TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { runnables, type Runnable } from "../runnables.ts";

/** Request `kspec/runnables` with `{ uri }`: what can be fitted or tuned in an open document; null for one that is not open. */
export function answerRunnables(connection: Connection, documents: TextDocuments<TextDocument>): void {
  connection.onRequest("kspec/runnables", ({ uri }: { uri: string }): Runnable[] | null => {
    const document = documents.get(uri);
    return document ? runnables(document.getText(), uri) : null;
  });
}
