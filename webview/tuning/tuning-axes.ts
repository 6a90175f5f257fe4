import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import type { CandidateState, ParameterValue, TuningState } from "../../src/protocol/index.ts";
import { metricText, metricTitle } from "./metric-words.ts";
import { parameterAxis, type ParameterAxis } from "./parameter-axis.ts";
import type { ShownMetric } from "./tuning-facts.ts";
import { valueText } from "./value-words.ts";

/** A line that every candidate has a place on: a hyperparameter, the iteration of a search, a metric. */
export interface TuningAxis extends Pick<ParameterAxis, "nominal" | "ticks"> {
  readonly id: string;
  readonly title: string;
  /** Between 0 and 1; null: the candidate has no place on it. */
  readonly place: (one: CandidateState) => number | null;
  readonly text: (one: CandidateState) => string;
}

/** The axes of the hyperparameters; of a search that goes step by step its iteration before them. */
export function parameterAxes({ started, candidates }: TuningState): TuningAxis[] {
  const steps = candidates.some(({ iteration = 0 }) => iteration > 0);
  const axis = (
    id: string,
    made: ParameterAxis,
    of: (one: CandidateState) => ParameterValue | undefined,
  ): TuningAxis => ({
    id,
    title: id,
    nominal: made.nominal,
    ticks: made.ticks,
    place: (one) => made.place(of(one)),
    text: (one) => valueText(of(one)),
  });
  const iteration = (one: CandidateState) => one.iteration;
  return [
    ...(steps
      ? [
          axis(
            "iteration",
            parameterAxis(
              {
                id: "iteration",
                target: { kind: "argument", argument: "" },
                type: "",
                label: "",
                scale: "integer",
              },
              candidates.map(iteration),
            ),
            iteration,
          ),
        ]
      : []),
    ...started.parameters.map((parameter) => {
      const of = ({ values }: CandidateState) => values[parameter.id];
      return axis(parameter.id, parameterAxis(parameter, candidates.map(of)), of);
    }),
  ];
}

/** The axis of a metric: from the worst mean to the best, and a little more. Differences between candidates are what is asked for. */
export function metricAxis({ candidates }: TuningState, { key, name }: ShownMetric): TuningAxis {
  const mean = ({ summary }: CandidateState) => summary[key]?.mean ?? null;
  const means = candidates.map(mean).filter((one): one is number => one !== null && Number.isFinite(one));
  const [low = 0, high = 1] = extent(means) as [number?, number?];
  const at = scaleLinear(low === high ? [low - 0.01, high + 0.01] : [low, high], [0, 1]).nice(4);
  return {
    id: key,
    title: metricTitle(key),
    nominal: false,
    ticks: at.ticks(4).map((value) => {
      const text = String(Number(value.toPrecision(6))).replace("-", "−");
      return { at: at(value), text, full: text };
    }),
    place: (one) => {
      const value = mean(one);
      return value === null || !Number.isFinite(value) ? null : at(value);
    },
    text: (one) => metricText(name, mean(one)),
  };
}

/** Whether a candidate lies inside all the ranges that were drawn. */
export function isInside(
  one: CandidateState,
  axes: readonly TuningAxis[],
  narrowed: Readonly<Record<string, readonly [number, number]>>,
): boolean {
  return axes.every(({ id, place }) => {
    const range = narrowed[id];
    if (range === undefined) return true;
    const at = place(one);
    return at !== null && at >= range[0] && at <= range[1];
  });
}
