/**
 * The candidate that a misspelt name most likely means, or undefined when none is near: at most a third of the
 * letters may differ (at least one), where two neighbours that changed places count as one. Case differs for free.
 */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name, candidate, least);
    if (distance < least) [best, least] = [candidate, distance];
    if (least === 0) break;
  }
  return best;
}

/** Optimal string alignment distance; any number ≥ `limit` where it reaches `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  // Names of one spec often begin alike, and what both begin or end with costs nothing.
  let start = 0;
  while (start < a.length && start < b.length && same(a, start, b, start)) start++;
  let [m, n] = [a.length - start, b.length - start];
  while (m > 0 && n > 0 && same(a, start + m - 1, b, start + n - 1)) {
    m--;
    n--;
  }
  if (m === 0 || n === 0) return m + n;
  if (limit <= 1) return limit;

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
