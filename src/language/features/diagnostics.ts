import {
  DiagnosticSeverity,
  type Connection,
  type Diagnostic as LspDiagnostic,
  type TextDocuments,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { diagnose } from "../diagnose.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { isSpecUri } from "./spec-uri.ts";

/** How long the text has to be left alone before it is looked at, in milliseconds. */
const PAUSE = 150;

/** Publishes what is wrong in every open spec: at once when it is opened, and after a pause when it changes. */
export function publishDiagnostics(connection: Connection, documents: TextDocuments<TextDocument>): void {
  const waiting = new Map<string, NodeJS.Timeout>();

  const publish = (document: TextDocument) => {
    const diagnostics = diagnose(document.getText(), document.uri).map((one) => toLsp(one, document.uri));
    void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics });
  };

  // Opening also counts as a change of the content; the version tells them apart.
  const opened = new Map<string, number>();
  documents.onDidOpen(({ document }) => {
    if (!isSpecUri(document.uri)) return;
    opened.set(document.uri, document.version);
    publish(document);
  });
  documents.onDidChangeContent(({ document }) => {
    const { uri, version } = document;
    if (!isSpecUri(uri) || opened.get(uri) === version) return;
    clearTimeout(waiting.get(uri));
    const look = () => {
      waiting.delete(uri);
      publish(document);
    };
    waiting.set(uri, setTimeout(look, PAUSE));
  });
  documents.onDidClose(({ document: { uri } }) => {
    clearTimeout(waiting.get(uri));
    waiting.delete(uri);
    opened.delete(uri);
    if (isSpecUri(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
}

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

export function toLsp({ range, severity, code, message, related }: Diagnostic, uri: string): LspDiagnostic {
  return {
    source: "kspec",
    range,
    severity: SEVERITIES[severity],
    code,
    message,
    relatedInformation: related.map((one) => ({ location: { uri, range: one.range }, message: one.message })),
  };
}
