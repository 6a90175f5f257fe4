import type { Severity, Span } from "../spec/index.ts";

/** Positions as in LSP: from 0, characters in UTF-16. */
export interface Position {
  readonly line: number;
  readonly character: number;
}
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A Problem with a range in a text. */
export interface Diagnostic {
  readonly range: Range;
  readonly severity: Severity;
  /** A rule's code, or "syntax". */
  readonly code: string;
  readonly message: string;
  /** In the same file. */
  readonly related: readonly { readonly range: Range; readonly message: string }[];
  /** What mends it. */
  readonly fix?: QuickFix;
}

export interface QuickFix {
  readonly title: string;
  readonly edits: readonly { readonly range: Range; readonly newText: string }[];
}

/** Offsets to positions. Lines end where LSP says: `\n`, `\r\n`, `\r`. A text without problems is never counted through. */
export class Lines {
  readonly #text: string;
  #starts: number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  position(offset: number): Position {
    const starts = (this.#starts ??= startsOf(this.#text));
    const at = Math.min(Math.max(offset, 0), this.#text.length);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: at - (starts[low] ?? 0) };
  }

  range({ start, end }: Span): Range {
    return { start: this.position(start), end: this.position(end) };
  }
}

function startsOf(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}
