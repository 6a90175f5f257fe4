/**
 * The candidate that a misspelt name most likely means, or undefined when none is near: at most a third of the
 * letters may differ (at least one), where two neighbours that changed places count as one. Case differs for free.
 */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  const near: string[] = [];
  const limit = Math.max(1, Math.floor(name.length / 3)) + 1;
  let slip: string | undefined;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= limit) continue;
    const { m, n } = middles(name, candidate);
    if (m === 0 && n === 0) return candidate;
    // Most misspellings are one slip, and nothing has to be computed to see it.
    if (m <= 1 && n <= 1) slip ??= candidate;
    else if (slip === undefined) near.push(candidate);
  }
  if (slip !== undefined) return slip;
  let best: string | undefined;
  let least = limit;
  for (const candidate of near) {
    const distance = editDistance(name, candidate, least);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** What is left of two names without what both begin and end with: from where, and how much of each. */
function middles(a: string, b: string): { start: number; m: number; n: number } {
  let start = 0;
  while (start < a.length && start < b.length && same(a, start, b, start)) start++;
  let [m, n] = [a.length - start, b.length - start];
  while (m > 0 && n > 0 && same(a, start + m - 1, b, start + n - 1)) {
    m--;
    n--;
  }
  return { start, m, n };
}

/** Optimal string alignment distance; any number ≥ `limit` where it reaches `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  const { start, m, n } = middles(a, b);
  if (m === 0 || n === 0) return m + n;
  let [before, previous]: [number[], number[]] = [[], Array.from({ length: n + 1 }, (_, j) => j)];
  for (let i = 1; i <= m; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= n; j++) {
      const [x, y] = [start + i - 1, start + j - 1];
      let cost = Math.min(
        at(previous, j - 1) + (same(a, x, b, y) ? 0 : 1),
        at(previous, j) + 1,
        at(row, j - 1) + 1,
      );
      if (i > 1 && j > 1 && same(a, x, b, y - 1) && same(a, x - 1, b, y))
        cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= limit) return limit;
    [before, previous] = [previous, row];
  }
  return at(previous, n);
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY;

function same(a: string, i: number, b: string, j: number): boolean {
  return lower(a.charCodeAt(i)) === lower(b.charCodeAt(j));
}

/** Names are mostly ASCII, and a table of all scripts is not worth its time here. */
function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
