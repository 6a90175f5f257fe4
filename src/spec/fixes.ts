import type { Place, Span } from "./block-graph.ts";
import type { Edit, Fix } from "./problem.ts";

/** Writes another name where a wrong one stands; none where either is not known. */
export function changeTo(
  name: string | undefined,
  span: Span | undefined,
  quotes: "kept" | "needed" = "kept",
): Fix | undefined {
  if (name === undefined || span === undefined) return undefined;
  return { title: `Change to "${name}"`, edits: [{ span, text: name, quotes }] };
}

export function writtenAt({ at, before, after }: Place, text: string): Edit {
  return { span: { start: at, end: at }, text: `${before}${text}${after}` };
}
