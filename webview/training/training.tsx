import type { RunState } from "../../src/protocol/index.ts";
import { Choice } from "../choice.tsx";
import { usePanel } from "../panel-context.ts";
import { Section } from "../section.tsx";
import { Checkbox } from "../ui.ts";
import { CurveChart } from "./curve-chart.tsx";
import { axisEnd, curveMetrics, curvePair } from "./curve-series.ts";

/** How the fit went, epoch by epoch. Its room is kept from the moment the run starts. */
export function Training({ state }: { state: RunState }) {
  const { view, change } = usePanel();
  const running = state.status === "running";
  if (!running && state.epochs.length === 0) return null;

  const metrics = curveMetrics(state.epochs);
  // Until the first epoch has said what it measures, classification is expected to measure accuracy.
  if (metrics.length === 1 && state.started?.mode === "classification" && state.epochs.length === 0)
    metrics.push("accuracy");
  const metric = view.curve !== null && metrics.includes(view.curve) ? view.curve : "loss";
  const pair = curvePair(state.epochs, metric);
  const positive = [...pair.train, ...pair.validation].every(
    (point) => point.value === null || point.value > 0,
  );
  const last = state.epochs.at(-1)?.epoch ?? 0;
  return (
    <Section id="training" title="Training">
      <div class="controls">
        <Choice
          label="Measure"
          options={metrics.map((name) => ({ value: name, text: name }))}
          value={metric}
          onChange={(curve) => change({ curve })}
        />
        {metric === "loss" && positive && (
          <Checkbox checked={view.log} onChange={(log) => change({ log })}>
            log
          </Checkbox>
        )}
      </div>
      <CurveChart
        pair={pair}
        end={axisEnd(last, state.started?.epochs ?? last, running)}
        log={view.log && metric === "loss" && positive && last > 0}
      />
    </Section>
  );
}
