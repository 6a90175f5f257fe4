import { Worker } from "node:worker_threads";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  PortMessageReader,
  PortMessageWriter,
  RevealOutputChannelOn,
  State,
  type MessageTransports,
} from "vscode-languageclient/node";
import type { ParameterValues, Place, TunedParameter } from "../protocol/index.ts";
import { SPEC_PATTERN, type Runnable } from "./spec-choice.ts";

/** How long the server may think about a file before one goes on without its answer, in milliseconds. */
const ANSWERS_WITHIN = 3_000;

/** Edits of one text, in LSP's form; or why there are none, in a sentence. */
export type ValuesEdit =
  | { readonly edits: readonly { readonly range: Place["range"]; readonly newText: string }[] }
  | { readonly reason: string };

/**
 * The client of the language server, which runs on a worker thread of this process: loading TypeScript and
 * parsing never hold up the extension host's main thread. A server that dies is started again, once.
 */
export class LanguageConnection {
  readonly #client: LanguageClient;
  #deaths = 0;

  private constructor(script: string, log: vscode.LogOutputChannel) {
    this.#client = new LanguageClient("kspec", "KSpec", () => Promise.resolve(onThread(script, log)), {
      documentSelector: [{ language: "typescript", pattern: SPEC_PATTERN }],
      diagnosticCollectionName: "kspec",
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.#died(log),
      },
    });
  }

  static async open(script: string, log: vscode.LogOutputChannel): Promise<LanguageConnection> {
    const connection = new LanguageConnection(script, log);
    await connection.#client.start();
    return connection;
  }

  /** What can be run of a file, as it stands in the editor; undefined where the server does not answer. */
  async runnables(spec: vscode.Uri): Promise<Runnable[] | undefined> {
    return this.#answer<Runnable[]>("kspec/runnables", { uri: spec.toString() });
  }

  /**
   * The edits that write values into the text of a spec in the place of its `tune()` marks.
   *
   * @param name the tuning's export.
   * @param targets where values go whose marks have given way to values already.
   * @returns undefined where the server does not answer.
   */
  async valuesEdit(
    spec: vscode.Uri,
    name: string,
    values: ParameterValues,
    targets: Readonly<Record<string, TunedParameter["target"]>>,
  ): Promise<ValuesEdit | undefined> {
    return this.#answer<ValuesEdit>("kspec/valuesEdit", { uri: spec.toString(), name, values, targets });
  }

  async stop(): Promise<void> {
    if (this.#client.state === State.Running) await this.#client.stop();
  }

  async #answer<Answer>(request: string, about: object): Promise<Answer | undefined> {
    if (this.#client.state !== State.Running) return undefined;
    const answer = this.#client.sendRequest<Answer | null>(request, about).catch(() => undefined);
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, ANSWERS_WITHIN, undefined));
    return (await Promise.race([answer, late])) ?? undefined;
  }

  #died(log: vscode.LogOutputChannel) {
    this.#deaths += 1;
    if (this.#deaths === 1) {
      log.warn("The language server ended unexpectedly and was started again.");
      void vscode.window.showWarningMessage(
        "KSpec's language server ended unexpectedly and was started again.",
      );
      return { action: CloseAction.Restart, handled: true };
    }
    log.error("The language server ended unexpectedly a second time.");
    const reload = "Reload window";
    void vscode.window
      .showErrorMessage(
        "KSpec's language server ended unexpectedly twice, so specs are not checked as you type. Fitting still works.",
        reload,
      )
      .then((chosen) => chosen === reload && vscode.commands.executeCommand("workbench.action.reloadWindow"));
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}

function onThread(script: string, log: vscode.LogOutputChannel): MessageTransports {
  const thread = new Worker(script, {
    name: "kspec language server",
    stdout: true,
    stderr: true,
    execArgv: [],
  });
  for (const stream of [thread.stdout, thread.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => log.debug(`language server: ${text.trimEnd()}`));
  thread.on("error", (error: Error) => log.error(`language server: ${error.stack ?? error.message}`));
  // A thread says `exit` where the reader and the writer of a message port wait for `close`.
  thread.once("exit", () => thread.emit("close"));
  return { reader: new PortMessageReader(thread), writer: new PortMessageWriter(thread) };
}
