import type { Candidate } from "../../protocol/index.ts";
import type { SearchContext } from "../contract.ts";

/** The candidates that a search is given, with the names that tune 2.1 gives them: `pre0_mod03_post0`. */
export function startingCandidates({ candidates, parameters }: SearchContext): Candidate[] {
  const names = configNames(candidates.length, parameters.length > 0);
  return candidates.map((values, i) => ({ config: names[i]!, values, iteration: 0 }));
}

function configNames(n: number, tuned: boolean): string[] {
  if (!tuned) return Array.from({ length: n }, () => "pre0_mod0_post0");
  const width = String(n).length;
  return Array.from({ length: n }, (_, i) => `pre0_mod${String(i + 1).padStart(width, "0")}_post0`);
}
