import { TRANSFORMS } from "../../kspec/transforms.ts";
import type { ParameterValue, TunedParameter } from "../../protocol/index.ts";
import { sameValue } from "./same-value.ts";

/**
 * Where a value lies between the ends of its parameter, from 0 to 1, in units of the transformation (dials' `encode_unit`). Of a
 * parameter with a list of values each has a part of equal length, and lies in its middle. A value that is outside of the range, as a
 * table may hold, is taken as the nearest end.
 */
export function toUnit(parameter: TunedParameter, value: ParameterValue): number {
  const { values } = parameter;
  if (values !== undefined) {
    const at = values.findIndex((other) => sameValue(other, value));
    return (Math.max(0, at) + 0.5) / values.length;
  }
  const [least, most] = rangeOf(parameter);
  if (least === most) return 0.5;
  return clamp((forward(parameter, value as number) - least) / (most - least), 0, 1);
}

/** The value at a place between the ends, from 0 to 1; the nearest whole number where it must be one. */
export function fromUnit(parameter: TunedParameter, unit: number): ParameterValue {
  const { values } = parameter;
  if (values !== undefined) return values[Math.min(values.length - 1, Math.floor(unit * values.length))]!;
  const [least, most] = rangeOf(parameter);
  return valueAt(parameter, least + unit * (most - least), Math.round);
}

/**
 * The value at a point of the range, in units of the transformation.
 *
 * @param whole What makes a whole number of one: dials rounds down on regular grids.
 */
export function valueAt(parameter: TunedParameter, point: number, whole: (value: number) => number): number {
  const value = inverse(parameter, point);
  // 0.1 rather than 0.09999999999999999: such values are read by people, and written into specs.
  if (parameter.scale !== "integer") return Number(value.toPrecision(12));
  const [low, high] = wholeEnds(parameter);
  // 10 ** log10(1000) is a little below 1000.
  const near = Math.round(value);
  const is = Math.abs(value - near) < 1e-9 * Math.max(1, Math.abs(value)) ? near : whole(value);
  return clamp(is, low, high);
}

/** The least and the largest whole number of an integer parameter. */
export function wholeEnds(parameter: TunedParameter): readonly [number, number] {
  const ends = rangeOf(parameter).map((end) => inverse(parameter, end));
  const low = Math.ceil(Math.min(...ends) - 1e-9);
  const high = Math.floor(Math.max(...ends) + 1e-9);
  return low <= high ? [low, high] : [Math.round(ends[0]!), Math.round(ends[0]!)];
}

/** Both ends, in units of the transformation. */
export function rangeOf({ id, range }: TunedParameter): readonly [number, number] {
  if (range === undefined) throw new TypeError(`The parameter ${id} has neither range nor values.`);
  return range;
}

function forward({ transform }: TunedParameter, value: number): number {
  return transform === undefined ? value : TRANSFORMS[transform].forward(value);
}

function inverse({ transform }: TunedParameter, point: number): number {
  return transform === undefined ? point : TRANSFORMS[transform].inverse(point);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
