import type { Place, ProblemFound } from "../protocol/index.ts";

/** A problem in a file, as `kspec check --json` prints it: keys in this order. */
export interface FileDiagnostic {
  readonly file: string;
  /** As in LSP: from 0, characters in UTF-16. */
  readonly range: Place["range"];
  readonly severity: "error" | "warning" | "information" | "hint";
  readonly code: string;
  readonly message: string;
  /** Title of the editor's quick fix, where there is one. */
  readonly fix?: string;
}

/** The same as a RunEvent, before it belongs to a run. */
export function asProblem(diagnostic: FileDiagnostic): Omit<ProblemFound, "run" | "time"> {
  const { file, range, severity, code, message, fix } = diagnostic;
  return {
    type: "problem",
    severity,
    code,
    message,
    place: { file, range },
    ...(fix === undefined ? {} : { fix }),
  };
}

/** The first character of a text: where a problem is shown that belongs to the file as a whole. */
export const TOP: Place["range"] = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
