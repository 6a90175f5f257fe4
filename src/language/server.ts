/**
 * The language server. In the editor it runs on a worker thread of the extension host and speaks over the thread's
 * port; with `--stdio` it serves any other editor that speaks LSP. It never runs a spec: everything is told from text.
 */
import "./load-typescript.ts";
import { isMainThread, parentPort } from "node:worker_threads";
import {
  CodeActionKind,
  createConnection,
  PortMessageReader,
  PortMessageWriter,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { offerQuickFixes } from "./features/code-actions.ts";
import { offerCodeLenses } from "./features/code-lenses.ts";
import { publishDiagnostics } from "./features/diagnostics.ts";
import { answerRunnables } from "./features/runnables.ts";
import { answerValuesEdit } from "./features/values-edit.ts";

function connect(): Connection | undefined {
  if (!isMainThread && parentPort)
    return createConnection(
      ProposedFeatures.all,
      new PortMessageReader(parentPort),
      new PortMessageWriter(parentPort),
    );
  return process.argv.includes("--stdio")
    ? createConnection(ProposedFeatures.all, process.stdin, process.stdout)
    : undefined;
}

function serve(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  connection.onInitialize(() => ({
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      codeLensProvider: {},
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    },
    serverInfo: { name: "kspec" },
  }));
  publishDiagnostics(connection, documents);
  offerCodeLenses(connection, documents);
  offerQuickFixes(connection, documents);
  answerRunnables(connection, documents);
  answerValuesEdit(connection, documents);
  documents.listen(connection);
  connection.listen();
}

const connection = connect();
if (connection) serve(connection);
else {
  process.stderr.write(
    "The KSpec language server speaks LSP: start it with --stdio, or on a worker thread.\n",
  );
  process.exitCode = 2;
}
