import type { ParameterValues, TunedParameter } from "../../protocol/index.ts";

/**
 * Names of candidates as tune 2.1 makes them: `pre2_mod03_post0` has the second of the recipe's variants and the third of the model's,
 * in the order in which they come; 0 is where nothing is tuned.
 */
export function configNames(
  candidates: readonly ParameterValues[],
  parameters: readonly TunedParameter[],
): string[] {
  const pre = numbers(candidates, idsOf(parameters, "step"));
  const mod = numbers(candidates, idsOf(parameters, "argument"));
  return candidates.map((_, i) => `pre${pre[i]!}_mod${mod[i]!}_post0`);
}

function idsOf(parameters: readonly TunedParameter[], kind: TunedParameter["target"]["kind"]): string[] {
  return parameters.filter(({ target }) => target.kind === kind).map(({ id }) => id);
}

function numbers(candidates: readonly ParameterValues[], ids: readonly string[]): string[] {
  if (ids.length === 0) return candidates.map(() => "0");
  const seen = new Map<string, number>();
  const number = candidates.map((values) => {
    const key = JSON.stringify(ids.map((id) => values[id]));
    if (!seen.has(key)) seen.set(key, seen.size + 1);
    return seen.get(key)!;
  });
  const width = String(seen.size).length;
  return number.map((n) => String(n).padStart(width, "0"));
}
