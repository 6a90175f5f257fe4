import type { Place } from "../../src/protocol/index.ts";

/** `digits.kspec.ts, line 12`: lines as the editor counts them, from 1. */
export function lineName(place: Place): string {
  const name = place.file.split(/[\\/]/).at(-1) ?? place.file;
  return `${name}, line ${place.range.start.line + 1}`;
}
