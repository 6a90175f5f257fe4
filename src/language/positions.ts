/** The index of the first of these positions, which are in order, that is at or behind one; their number where none is. */
export function positionFrom(positions: readonly number[], from: number): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a text has one of these names, as a part of a longer one too. */
export function positionsOf(names: ReadonlySet<string>, text: string): number[] {
  if (names.size === 0) return [];
  const pattern = new RegExp([...names].map((name) => name.replaceAll("$", "\\$")).join("|"), "g");
  return Array.from(text.matchAll(pattern), ({ index }) => index);
}
