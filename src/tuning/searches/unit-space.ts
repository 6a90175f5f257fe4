import type { ParameterValues, TunedParameter } from "../../protocol/index.ts";
import { toUnit } from "../parameters/index.ts";

/** Candidates as points, for what goes by how near they are to each other. */
export interface UnitSpace {
  /** Coordinates from 0 to 1: one for a parameter with an order, one for each value of a parameter without. */
  point(values: ParameterValues): number[];
  /** Which parameter each coordinate is of. */
  readonly groups: readonly number[];
}

export function unitSpace(parameters: readonly TunedParameter[]): UnitSpace {
  const widths = parameters.map(({ scale, values = [] }) => (scale === "nominal" ? values.length : 1));
  return {
    groups: widths.flatMap((width, i) => Array<number>(width).fill(i)),
    point: (values) =>
      parameters.flatMap((parameter, i) => {
        const place = toUnit(parameter, values[parameter.id] ?? null);
        if (parameter.scale !== "nominal") return [place];
        const own = Math.floor(place * widths[i]!);
        // Two different values are as far from each other as the two ends of a range.
        return Array.from({ length: widths[i]! }, (_, value) => (value === own ? Math.SQRT1_2 : 0));
      }),
  };
}

export function distance(a: readonly number[], b: readonly number[]): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(squares);
}

/** Tells candidates apart that have the same values. */
export function valuesKey(parameters: readonly TunedParameter[], values: ParameterValues): string {
  return JSON.stringify(parameters.map(({ id }) => values[id]));
}
