import path from "node:path";
import type { Place } from "../protocol/index.ts";
import type { LoadedSpec } from "./load-spec.ts";

/** The layer block that a message of the engine begins with (`Block "conv": …`); undefined where it begins with none. */
export function blockNamed(error: unknown): string | undefined {
  return error instanceof Error ? /^Block "([^"]+)":/.exec(error.message)?.[1] : undefined;
}

/**
 * Where the layer block stands in the text that a message of the engine begins with (`Block "conv": …`). A layer that
 * does not fit is noticed when the network is built, long after the author's line has run, so the error's stack
 * does not know it. The key in `layer_blocks` does; undefined where no text has it.
 */
export async function blockLine(error: unknown, spec: LoadedSpec): Promise<Place | undefined> {
  const name = blockNamed(error);
  if (name === undefined) return undefined;
  const { parseSpecFile } = await import("../language/index.ts");
  for (const { path: relative, text } of spec.texts) {
    const blocks = parseSpecFile(text, relative).specs.flatMap((graph) => graph.blocks);
    const span = blocks.find((block) => block.name === name)?.span;
    if (span === undefined) continue;
    const before = text.slice(0, span.start).split("\n");
    const start = { line: before.length - 1, character: before.at(-1)!.length };
    const end = { line: start.line, character: start.character + span.end - span.start };
    return { file: path.join(spec.folder, relative), range: { start, end } };
  }
  return undefined;
}
