import { useMemo } from "preact/hooks";
import type { CandidateState, TuningState } from "../../src/protocol/index.ts";
import { Choice } from "../choice.tsx";
import { count, countOf } from "../format.ts";
import { usePanel } from "../panel-context.ts";
import { Section } from "../section.tsx";
import { CandidateReading } from "./candidate-reading.tsx";
import { metricTitle } from "./metric-words.ts";
import { ParallelCoordinates } from "./parallel-coordinates.tsx";
import { ParameterPlots } from "./parameter-plots.tsx";
import type { TuningAxis } from "./tuning-axes.ts";
import type { ShownMetric } from "./tuning-facts.ts";

/** What every figure of the candidates is told, and says. */
export interface FigureProps {
  readonly tuning: TuningState;
  readonly shownMetric: ShownMetric;
  /** Configs inside the ranges that were drawn; null: there are none. */
  readonly inside: ReadonlySet<string> | null;
  readonly best: CandidateState | null;
  readonly chosen: CandidateState | null;
  readonly pointed: CandidateState | null;
  readonly onPoint: (one: CandidateState | null) => void;
  readonly onChoose: (one: CandidateState) => void;
}

export interface FiguresProps extends FigureProps {
  readonly metrics: readonly ShownMetric[];
  readonly parameters: readonly TuningAxis[];
  readonly metric: TuningAxis;
}

/** How the metric depends on the values: by each alone, and all of them together. What is pointed at in one is marked in all. */
export function Figures({ metrics, parameters, metric, ...figure }: FiguresProps) {
  const { change } = usePanel();
  const { tuning, shownMetric, pointed, chosen, best, inside } = figure;
  const read = pointed ?? chosen ?? best;
  const axes = useMemo(() => [...parameters, metric], [parameters, metric]);
  const reading = (one: CandidateState) => (
    <CandidateReading one={one} tuning={tuning} metric={shownMetric} />
  );
  const choice = metrics.length > 1 && (
    <Choice
      label="Metric"
      options={metrics.map(({ key }) => ({ value: key, text: metricTitle(key) }))}
      value={shownMetric.key}
      onChange={(tuningMetric) => change({ tuningMetric })}
    />
  );
  return (
    <>
      <Section id="parameters" title="By parameter" note={figureNote(figure, metric)}>
        {choice && <div class="controls">{choice}</div>}
        <p class="read-out">
          {read === null ? <span class="quiet">No candidate has a value yet.</span> : reading(read)}
        </p>
        <ParameterPlots axes={parameters} metric={metric} {...figure} />
      </Section>
      <Section id="together" title="Parallel coordinates" note={figureNote(figure, metric)}>
        <p class="read-out">
          {pointed !== null ? (
            reading(pointed)
          ) : inside === null ? (
            <span class="quiet">Draw along an axis to narrow the candidates.</span>
          ) : (
            <>
              <span>
                {count(inside.size)} of {count(tuning.candidates.length)} inside
              </span>
              <button type="button" class="link" onClick={() => change({ narrowed: {} })}>
                Show all
              </button>
            </>
          )}
        </p>
        <ParallelCoordinates axes={axes} metric={metric} {...figure} />
      </Section>
    </>
  );
}

/** The metric, and how many candidates that have ended are not drawn because they have no value of it. */
function figureNote({ tuning, shownMetric }: FigureProps, metric: TuningAxis): string {
  const without = tuning.candidates
    .filter(({ trials }) => trials.length > 0)
    .filter((one) => metric.place(one) === null);
  const title = metricTitle(shownMetric.key);
  return without.length === 0 ? title : `${title} · ${countOf(without.length, "candidates")} without a value`;
}
