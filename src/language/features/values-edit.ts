import type { Connection, TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { valuesEdit, type ValuesEdit, type ValueTarget } from "../values-edit.ts";

interface Asked {
  readonly uri: string;
  /** The export's name, as the run has it. */
  readonly name: string;
  /** By parameter id. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly targets?: Readonly<Record<string, ValueTarget>>;
}

/**
 * Request `kspec/valuesEdit` with `{ uri, name, values, targets? }`: edits that write a candidate's values into an open spec, or the reason
 * why they cannot be; null for a document that is not open.
 */
export function answerValuesEdit(connection: Connection, documents: TextDocuments<TextDocument>): void {
  connection.onRequest<ValuesEdit | null, void>(
    "kspec/valuesEdit",
    ({ uri, name, values, targets }: Asked): ValuesEdit | null => {
      const document = documents.get(uri);
      return document ? valuesEdit(document.getText(), uri, name, values, targets) : null;
    },
  );
}
