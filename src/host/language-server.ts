import * as vscode from "vscode";
import type { LanguageConnection, ValuesEdit } from "./language-connection.ts";
import { isSpec, type Runnable } from "./spec-choice.ts";

/**
 * The language server as the rest of the host sees it. It is started when the first spec is opened and never
 * during activation: its client alone takes longer to load than all else of the host.
 */
export class LanguageServer implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable[] = [];
  #connection: Promise<LanguageConnection | undefined> | undefined;

  constructor(extension: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#extension = extension;
    this.#log = log;
    const opened = ({ uri }: vscode.TextDocument) => {
      if (isSpec(uri)) void this.#start();
    };
    this.#subscriptions.push(vscode.workspace.onDidOpenTextDocument(opened));
    // After activation has returned, so that nobody waits for it.
    const soon = setTimeout(() => vscode.workspace.textDocuments.forEach(opened), 0);
    this.#subscriptions.push({ dispose: () => clearTimeout(soon) });
  }

  /** What can be run of a file; undefined where the server cannot say. */
  async runnables(spec: vscode.Uri): Promise<Runnable[] | undefined> {
    const connection = await this.#start();
    return connection?.runnables(spec);
  }

  /** The edits that write a candidate's values into the text; undefined where the server does not answer. */
  async valuesEdit(...asked: Parameters<LanguageConnection["valuesEdit"]>): Promise<ValuesEdit | undefined> {
    const connection = await this.#start();
    return connection?.valuesEdit(...asked);
  }

  async stop(): Promise<void> {
    const connection = await this.#connection;
    await connection?.stop();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #start(): Promise<LanguageConnection | undefined> {
    this.#connection ??= this.#connect().catch((error: unknown) => {
      this.#log.error(`The language server did not start: ${String(error)}`);
      void vscode.window.showErrorMessage(
        "KSpec's language server did not start, so specs are not checked as you type. Reload the window to try again; the log KSpec says more.",
      );
      return undefined;
    });
    return this.#connection;
  }

  async #connect(): Promise<LanguageConnection> {
    const { LanguageConnection } = await import("./language-connection.ts");
    return LanguageConnection.open(
      vscode.Uri.joinPath(this.#extension, "dist", "language.js").fsPath,
      this.#log,
    );
  }
}
