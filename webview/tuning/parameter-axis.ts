import { extent } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import type { ParameterValue, TunedParameter } from "../../src/protocol/index.ts";
import { fullValue, numberText, valueText } from "./value-words.ts";

/** Where a hyperparameter's values stand on a line from 0 to 1. */
export interface ParameterAxis {
  readonly nominal: boolean;
  /** null: the value has no place on it. */
  readonly place: (value: ParameterValue | undefined) => number | null;
  readonly ticks: readonly { readonly at: number; readonly text: string; readonly full: string }[];
}

/**
 * The axis of a hyperparameter: its range in the units it is searched in, so a rate that is tuned by its logarithm has a logarithmic
 * one; categories in their order. It is widened to whatever values there are.
 * @param wanted how many ticks, about
 */
export function parameterAxis(
  { scale, range, transform, values }: TunedParameter,
  found: readonly (ParameterValue | undefined)[],
  wanted = 4,
): ParameterAxis {
  const numbers = found.filter((one): one is number => typeof one === "number" && Number.isFinite(one));
  if (scale === "nominal" || numbers.length < found.filter((one) => one !== undefined).length)
    return categories([...(values ?? []), ...found.filter((one) => one !== undefined)]);

  const { to, back } = TRANSFORMS[transform ?? "identity"];
  const places = [...(range ?? []), ...numbers.map(to)].filter(Number.isFinite);
  const [low = 0, high = 1] = extent(places) as [number?, number?];
  const domain: [number, number] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const at = scaleLinear(domain, [0, 1]);
  const place = (value: ParameterValue | undefined) => {
    const there = typeof value === "number" ? at(to(value)) : NaN;
    return Number.isFinite(there) ? there : null;
  };
  const tick = (value: number) => ({ at: at(to(value)), text: numberText(value), full: String(value) });
  if (transform === "log10" || transform === "log2" || transform === "log") {
    const base = transform === "log2" ? 2 : 10;
    const log = scaleLog([back(domain[0]), back(domain[1])], [0, 1]).base(base);
    const powers = log
      .ticks(wanted)
      .filter((value) => Number.isInteger(round(Math.log(value) / Math.log(base))));
    const every = Math.max(1, Math.ceil(powers.length / (wanted + 1)));
    // A range within one power has none: its own steps, then.
    const ticks =
      powers.length >= 2 ? powers.filter((_, i) => i % every === 0) : log.ticks(wanted).slice(0, wanted + 1);
    return { nominal: false, place, ticks: ticks.map(tick) };
  }
  const own = scaleLinear([back(domain[0]), back(domain[1])], [0, 1]).ticks(wanted);
  return {
    nominal: false,
    place,
    ticks: own.filter((value) => scale === "double" || Number.isInteger(value)).map(tick),
  };
}

/** Each category in the middle of its part of the line. */
function categories(values: readonly ParameterValue[]): ParameterAxis {
  const texts = new Map(values.map((value) => [fullValue(value), valueText(value)]));
  const keys = [...texts.keys()];
  const middle = (i: number) => (i + 0.5) / keys.length;
  return {
    nominal: true,
    place: (value) => {
      const i = value === undefined ? -1 : keys.indexOf(fullValue(value));
      return i < 0 ? null : middle(i);
    },
    ticks: [...texts].map(([full, text], i) => ({ at: middle(i), text, full })),
  };
}

const round = (x: number) => Math.round(x * 1e9) / 1e9;

/** scales' transformations: into the units of the search, and back. */
const TRANSFORMS: Record<
  NonNullable<TunedParameter["transform"]> | "identity",
  { readonly to: (x: number) => number; readonly back: (x: number) => number }
> = {
  identity: { to: (x) => x, back: (x) => x },
  log10: { to: Math.log10, back: (x) => 10 ** x },
  log2: { to: Math.log2, back: (x) => 2 ** x },
  log: { to: Math.log, back: Math.exp },
  log1p: { to: Math.log1p, back: Math.expm1 },
  sqrt: { to: Math.sqrt, back: (x) => x ** 2 },
  reciprocal: { to: (x) => 1 / x, back: (x) => 1 / x },
  logit: { to: (x) => Math.log(x / (1 - x)), back: (x) => 1 / (1 + Math.exp(-x)) },
};
