import { useMemo, useState } from "preact/hooks";
import type { CandidateState, RunState, TuningState } from "../../src/protocol/index.ts";
import { usePanel } from "../panel-context.ts";
import { CandidateDetail } from "./candidate-detail.tsx";
import { Candidates } from "./candidates.tsx";
import { Figures } from "./figures.tsx";
import { Trials } from "./trials.tsx";
import { isInside, metricAxis, parameterAxes } from "./tuning-axes.ts";
import { bestOf, shownMetrics } from "./tuning-facts.ts";

/** What the panel shows of a tuning below its headline. */
export function Tuning({ state, tuning }: { state: RunState; tuning: TuningState }) {
  const { view, change } = usePanel();
  const [pointed, setPointed] = useState<string | null>(null);
  const metrics = useMemo(() => shownMetrics(tuning), [tuning]);
  const best = useMemo(() => bestOf(tuning), [tuning]);
  const find = (config: string | null) => tuning.candidates.find((one) => one.config === config) ?? null;
  const chosen = find(view.candidate) ?? best ?? onlyOne(tuning);

  const shownMetric = metrics.find(({ key }) => key === view.tuningMetric) ?? metrics[0];
  const parameters = useMemo(() => parameterAxes(tuning), [tuning]);
  const metric = useMemo(
    () => (shownMetric === undefined ? null : metricAxis(tuning, shownMetric)),
    [tuning, shownMetric],
  );
  const inside = useMemo(() => {
    if (metric === null || Object.keys(view.narrowed).length === 0) return null;
    const axes = [...parameters, metric];
    return new Set(
      tuning.candidates.filter((one) => isInside(one, axes, view.narrowed)).map(({ config }) => config),
    );
  }, [tuning, parameters, metric, view.narrowed]);
  const shown = useMemo(
    () =>
      inside === null ? tuning.candidates : tuning.candidates.filter(({ config }) => inside.has(config)),
    [tuning, inside],
  );
  return (
    <div class="tuning">
      <div class="column">
        {tuning.started.parameters.length > 0 && (
          <Candidates
            tuning={tuning}
            metrics={metrics}
            shown={shown}
            best={best}
            chosen={chosen}
            pointed={pointed}
            onPoint={setPointed}
          />
        )}
        <CandidateDetail
          tuning={tuning}
          metrics={metrics}
          one={chosen}
          best={chosen !== null && chosen === best}
          running={state.status === "running"}
          epochs={state.started?.epochs ?? 0}
        />
      </div>
      <div class="column">
        {showsFigures(state, tuning) && metric !== null && shownMetric !== undefined && (
          <Figures
            tuning={tuning}
            metrics={metrics}
            shownMetric={shownMetric}
            parameters={parameters}
            metric={metric}
            inside={inside}
            best={best}
            chosen={chosen}
            pointed={find(pointed)}
            onPoint={(one) => setPointed(one?.config ?? null)}
            onChoose={({ config }) => change({ candidate: config })}
          />
        )}
        <Trials state={state} tuning={tuning} />
      </div>
    </div>
  );
}

/** Its sections in their order on the page, and whether each is there. */
export function tuningSections(state: RunState) {
  const { tuning } = state;
  const tuned = tuning !== null && tuning.started.parameters.length > 0;
  const figures = tuning !== null && showsFigures(state, tuning);
  return [
    { id: "candidates", title: "Candidates", there: tuned },
    { id: "candidate", title: tuned ? "Candidate" : "Resamples", there: tuning !== null },
    { id: "parameters", title: "By parameter", there: figures },
    { id: "together", title: "Parallel", there: figures },
    { id: "trials", title: "Trials", there: tuning !== null },
  ];
}

/** Figures have their room from the start; a tuning that is over without a value has nothing to draw. */
export function showsFigures({ status }: RunState, tuning: TuningState): boolean {
  return tuning.started.parameters.length > 0 && (status === "running" || bestOf(tuning) !== null);
}

/** Where nothing is tuned there is one candidate, and it is read whether it has a value or not. */
function onlyOne({ candidates, started }: TuningState): CandidateState | null {
  return started.parameters.length === 0 ? (candidates[0] ?? null) : null;
}
