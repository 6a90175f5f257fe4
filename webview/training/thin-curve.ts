import type { CurvePoint } from "./curve-series.ts";

/**
 * Fewer points for the same picture: in each of `columns` equal stretches the first, lowest, highest
 * and last point stay, and with them every gap. No minimum is lost, and what a screen of `columns`
 * pixels shows is unchanged.
 * @param columns how many stretches, at least 1; up to four times as many points are kept
 */
export function thinCurve(points: readonly CurvePoint[], columns: number): readonly CurvePoint[] {
  if (points.length <= columns * 4) return points;
  const kept: CurvePoint[] = [];
  const size = points.length / columns;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor(column * size);
    const to = Math.floor((column + 1) * size);
    const keep = new Set([from, to - 1]);
    let low = -1;
    let high = -1;
    for (let i = from; i < to; i++) {
      const value = points[i]?.value ?? null;
      if (value === null) {
        keep.add(i);
        continue;
      }
      if (low < 0 || value < (points[low]?.value ?? Infinity)) low = i;
      if (high < 0 || value > (points[high]?.value ?? -Infinity)) high = i;
    }
    if (low >= 0) keep.add(low).add(high);
    for (const i of [...keep].sort((a, b) => a - b)) kept.push(points[i] as CurvePoint);
  }
  return kept;
}
