import { bisector, extent } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { isBounded } from "../metric-facts.ts";
import type { CurvePoint } from "./curve-series.ts";

/** Accuracy from 0 to 1; anything else from 0, or from its lowest value on a logarithmic axis. At most five lines. */
export function verticalAxis(
  metric: string,
  points: readonly CurvePoint[],
  log: boolean,
  range: readonly [number, number],
) {
  const values = points.flatMap(({ value }) => (value === null || (log && value <= 0) ? [] : [value]));
  const [low = 0, high = 1] = extent(values) as [number?, number?];
  if (log) {
    const y = scaleLog([low * 0.9, high * 1.1], range);
    const nice = y.ticks(4).filter((tick) => /^[125]/.test(tick.toExponential()));
    const every = Math.max(1, Math.ceil(nice.length / 5));
    return { y, ticks: nice.filter((_, i) => i % every === 0) };
  }
  if (isBounded(metric) && low >= 0 && high <= 1)
    return { y: scaleLinear([0, 1], range), ticks: [0, 0.25, 0.5, 0.75, 1] };
  const y = scaleLinear([Math.min(0, low), high > 0 ? high : 1], range).nice(4);
  return { y, ticks: y.ticks(4) };
}

/** Epochs to name on an axis of so many pixels, from 1 to `end`. */
export function epochTicks(end: number, pixels: number): number[] {
  const wanted = Math.max(2, Math.min(6, Math.floor(pixels / 64)));
  if (end <= 10 && pixels / end >= 24) return Array.from({ length: end }, (_, i) => i + 1);
  const ticks = scaleLinear([1, end], [0, 1])
    .ticks(wanted)
    .filter((tick) => Number.isInteger(tick) && tick > 1);
  // The first epoch is where the axis starts, so it is named, unless the next name would touch it.
  return [1, ...ticks.filter((tick) => ((tick - 1) / (end - 1)) * pixels > 24)];
}

/** How a text at `at` is anchored so that it stays between `left` and `right`. */
export function anchor(at: number, left: number, right: number): "start" | "middle" | "end" {
  return at - left < 40 ? "start" : right - at < 8 ? "end" : "middle";
}

export function tickText(tick: number): string {
  return Math.abs(tick) >= 10_000 || (tick !== 0 && Math.abs(tick) < 0.001)
    ? tick.toExponential(0).replace("e+", "e")
    : String(Number(tick.toPrecision(6)));
}

/** The epoch nearest to one that may have no point; `epochs` ascend. */
export function nearest(epochs: readonly number[], epoch: number): number | null {
  const i = bisector((one: number) => one).center(epochs, epoch);
  return epochs[i] ?? null;
}

/** The value of exactly this epoch; null where there is none. */
export function valueAt(points: readonly CurvePoint[], epoch: number): number | null {
  const i = bisector((point: CurvePoint) => point.epoch).left(points, epoch);
  const point = points[i];
  return point?.epoch === epoch ? point.value : null;
}
