import type { Candidate } from "../../protocol/index.ts";
import type { SearchContext } from "../contract.ts";
import { configNames } from "../grids/index.ts";

/** The candidates that a search is given, with the names that tune 2.1 gives them: `pre0_mod03_post0`. */
export function startingCandidates({ candidates, parameters, configs }: SearchContext): Candidate[] {
  const names = configs ?? configNames(candidates, parameters);
  return candidates.map((values, i) => ({ config: names[i]!, values, iteration: 0 }));
}
