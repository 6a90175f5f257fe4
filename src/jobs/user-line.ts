import type { Place } from "../protocol/index.ts";
import type { SpecModules, UserFile } from "./spec-modules.ts";

/**
 * Where an error comes from in the user's own text: the innermost frame of its stack that is in a
 * file of theirs, as it was written and not as it was compiled. Causes are looked through too,
 * innermost first; undefined when none has such a frame.
 */
export function userLine(error: unknown, modules: SpecModules): Place | undefined {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && !chain.includes(at); at = at.cause) chain.unshift(at);
  for (const { stack } of chain) {
    for (const line of stack?.split("\n") ?? []) {
      const place = placeOf(line, modules);
      if (place !== undefined) return place;
    }
  }
  return undefined;
}

/** The range of a quoted string in a text, e.g. of an import's specifier; searched from a line on, else from the top. */
export function rangeOfString(text: string, string: string, line = 0): Place["range"] | undefined {
  const lines = text.split("\n");
  for (const index of [...lines.keys()].slice(line).concat([...lines.keys()].slice(0, line))) {
    for (const quote of ['"', "'", "`"]) {
      const character = lines[index]!.indexOf(quote + string + quote);
      if (character >= 0)
        return {
          start: { line: index, character },
          end: { line: index, character: character + string.length + 2 },
        };
    }
  }
  return undefined;
}

/** `    at block (/photos/cats.kspec.ts:4:7)`, or a bare `/photos/cats.kspec.ts:4` above a syntax error. */
function placeOf(frame: string, modules: SpecModules): Place | undefined {
  for (const file of modules.files.values()) {
    const at = frame.indexOf(file.file + ":");
    if (at < 0) continue;
    const position = /^(\d+)(?::(\d+))?/.exec(frame.slice(at + file.file.length + 1));
    if (position === null) continue;
    return { file: file.file, range: asWritten(file, Number(position[1]) - 1, Number(position[2] ?? 1) - 1) };
  }
  return undefined;
}

function asWritten(file: UserFile, line: number, column: number): Place["range"] {
  const entry = file.map?.findEntry(line, column);
  const start =
    entry !== undefined && "originalLine" in entry
      ? { line: entry.originalLine, character: entry.originalColumn }
      : { line, character: column };
  const text = file.text.split("\n")[start.line] ?? "";
  // The word there says it best; where there is none, the rest of the line.
  const word = /^[\p{ID_Continue}$]+(?:\.[\p{ID_Continue}$]+)*/u.exec(text.slice(start.character));
  const length = word?.[0].length ?? text.slice(start.character).trimEnd().length;
  return { start, end: { line: start.line, character: start.character + length } };
}
