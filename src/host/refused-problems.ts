import * as vscode from "vscode";
import type { FromWorker } from "../protocol/index.ts";

type Problems = Extract<FromWorker, { type: "refused" }>["problems"];

/**
 * Why a fit was refused, in Problems and under the text: above all what only running the spec can show (an
 * exception at load). What the language server has underlined already is not said twice. An edit clears it,
 * for then nobody knows whether it still holds.
 */
export class RefusedProblems implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("kspec fit");
  readonly #subscriptions: vscode.Disposable[];

  constructor() {
    this.#subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#collection.delete(document.uri);
      }),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        for (const uri of uris) this.#dropDoubled(uri);
      }),
    ];
  }

  show(problems: Problems): void {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const { message, severity, code, place } of problems) {
      if (!place) continue;
      const { start, end } = place.range;
      const diagnostic = new vscode.Diagnostic(
        new vscode.Range(start.line, start.character, end.line, end.character),
        message,
        severityOf(severity),
      );
      diagnostic.source = "kspec";
      diagnostic.code = code;
      byFile.set(place.file, [...(byFile.get(place.file) ?? []), diagnostic]);
    }
    for (const [file, diagnostics] of byFile) {
      const uri = vscode.Uri.file(file);
      this.#collection.set(uri, diagnostics);
      this.#dropDoubled(uri);
    }
  }

  clear(spec: vscode.Uri): void {
    this.#collection.delete(spec);
  }

  dispose(): void {
    this.#collection.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #dropDoubled(uri: vscode.Uri): void {
    const ours = this.#collection.get(uri);
    if (!ours || ours.length === 0) return;
    // Ours is among them, so whatever is there twice was said by the language server too.
    const all = vscode.languages.getDiagnostics(uri);
    const kept = ours.filter((our) => all.filter((one) => same(one, our)).length < 2);
    if (kept.length < ours.length) this.#collection.set(uri, kept);
  }
}

function same(a: vscode.Diagnostic, b: vscode.Diagnostic): boolean {
  return codeOf(a) === codeOf(b) && a.range.start.isEqual(b.range.start);
}

function codeOf({ code }: vscode.Diagnostic): unknown {
  return typeof code === "object" ? code.value : code;
}

function severityOf(severity: Problems[number]["severity"]): vscode.DiagnosticSeverity {
  const { Error, Warning, Information, Hint } = vscode.DiagnosticSeverity;
  return { error: Error, warning: Warning, information: Information, hint: Hint }[severity];
}
