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
  /** The text that should stand at `span`. */
  readonly replacement?: string | undefined;
  /** The stretch in which a type checker's complaint is about the same mistake; absent: `span`. */
  readonly covers?: Span | undefined;
}

export interface Related {
  readonly message: string;
  readonly span?: Span | undefined;
}
