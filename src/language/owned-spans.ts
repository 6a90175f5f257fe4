import { checkFile, type Span } from "../spec/index.ts";
import { analyse } from "./parse.ts";

/**
 * The stretches of a text in which a rule has found a mistake: what a type checker says there about assignments is the
 * same mistake a second time.
 */
export function ownedSpans(text: string, fileName: string): Span[] {
  return checkFile(analyse(text, fileName).file).flatMap(({ span, covers }) =>
    [span ?? [], covers ?? []].flat(),
  );
}
