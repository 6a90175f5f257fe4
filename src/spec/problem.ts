import type { Span } from "./block-graph.ts";

export type Severity = "error" | "warning" | "information" | "hint";

/** A fact about a graph that its author should know. With a range in a text it is a Diagnostic. */
export interface Problem {
  /** The rule's code: the same in the editor, on the command line and in a run. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, and what to do. */
  readonly message: string;
  /** The narrowest stretch that says it; absent for a graph without a text. */
  readonly span?: Span | undefined;
  readonly related: readonly Related[];
  /** What a quick fix does, where there is one. */
  readonly fix?: Fix | undefined;
  /** The stretch in which a type checker's complaint is about the same mistake; absent: `span`. */
  readonly covers?: Span | undefined;
}

/** A change of the text that mends a problem. */
export interface Fix {
  /** What the editor offers: `Change to "input"`. */
  readonly title: string;
  /** Of stretches that do not overlap. */
  readonly edits: readonly Edit[];
}
export interface Edit {
  /** What is replaced; empty where something is only written there. */
  readonly span: Span;
  readonly text: string;
  /** "kept": in the quotes of what it replaces, if that has any. "needed": in those, or else in double ones. */
  readonly quotes?: "kept" | "needed" | undefined;
}

export interface Related {
  readonly message: string;
  readonly span?: Span | undefined;
}
