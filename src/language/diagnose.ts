import { checkFile, type Edit, type Problem } from "../spec/index.ts";
import type { Diagnostic, Lines } from "./diagnostic.ts";
import { analyse, type Analysis } from "./parse.ts";

/**
 * What is wrong in a spec file, from its text alone, in the order of the text. Syntax errors are apart
 * (`syntaxErrors`): an editor hears of them from TypeScript.
 */
export function diagnose(text: string, fileName: string): Diagnostic[] {
  const analysis = analyse(text, fileName);
  return checkFile(analysis.file).map((problem) => toDiagnostic(problem, analysis));
}

/** The text's syntax errors, in TypeScript's words. */
export function syntaxErrors(text: string, fileName: string): Diagnostic[] {
  const { lines, syntaxErrors: errors } = analyse(text, fileName);
  return errors.map(({ span, message }) => ({
    range: lines.range(span),
    severity: "error",
    code: "syntax",
    message,
    related: [],
  }));
}

export function toDiagnostic(problem: Problem, { text, lines }: Analysis): Diagnostic {
  const { code, severity, message, span = { start: 0, end: 0 }, related, fix } = problem;
  return {
    range: lines.range(span),
    severity,
    code,
    message,
    related: related.flatMap((one) =>
      one.span ? [{ range: lines.range(one.span), message: one.message }] : [],
    ),
    ...(fix === undefined
      ? {}
      : { fix: { title: fix.title, edits: fix.edits.map((edit) => toTextEdit(edit, text, lines)) } }),
  };
}

function toTextEdit({ span, text: newText, quotes }: Edit, text: string, lines: Lines) {
  const old = /^["'`]/.exec(text.slice(span.start, span.end))?.[0];
  const quote = (quotes && old) ?? (quotes === "needed" ? '"' : "");
  return { range: lines.range(span), newText: `${quote}${newText}${quote}` };
}
