import type { Evaluation, RunState } from "../../src/protocol/index.ts";
import { Choice } from "../choice.tsx";
import { usePanel } from "../panel-context.ts";
import { Section } from "../section.tsx";
import { ClassTable } from "./class-table.tsx";
import { ConfusionMatrix } from "./confusion-matrix.tsx";
import { MetricsTable } from "./metrics-table.tsx";
import { TruthChart } from "./truth-chart.tsx";

/** Up to so many classes the matrix has room beside the tables; more stand one below the other. */
const FEW_CLASSES = 12;

const SET_TITLES = { test: "Test", validation: "Validation", train: "Train" };

/** How good the model is: metrics, and where it is right and wrong. */
export function Results({ state }: { state: RunState }) {
  const { view, change, send } = usePanel();
  const evaluation = shownEvaluation(state, view.outcome);
  const running = state.status === "running";
  if (evaluation === null && state.metrics.length === 0) {
    if (!running) return null;
    return (
      <Section id="test" title="Test">
        <p class="quiet not-yet">Not yet: the test set is evaluated after the last epoch.</p>
      </Section>
    );
  }
  const title = SET_TITLES[evaluation?.set ?? state.metrics[0]?.set ?? "test"];
  const outcomes = state.evaluations.filter((one) => one.set === evaluation?.set).map((one) => one.outcome);
  return (
    <Section id="test" title={title}>
      {evaluation !== null && outcomes.length > 1 && (
        <div class="controls">
          <Choice
            label="Outcome"
            options={outcomes.map((outcome) => ({ value: outcome, text: outcome }))}
            value={evaluation.outcome}
            onChange={(outcome) => change({ outcome, truth: null, estimate: null })}
          />
        </div>
      )}
      <div class={`results ${(evaluation?.levels.length ?? 0) > FEW_CLASSES ? "stacked" : ""}`}>
        <div class="tables">
          {state.metrics.length > 0 && <MetricsTable metrics={state.metrics} />}
          {evaluation !== null && evaluation.levels.length > 0 && <ClassTable evaluation={evaluation} />}
          {state.ended !== null && (
            <p class="files">
              <button
                type="button"
                class="link"
                onClick={() => send({ type: "open_file", path: "metrics.json" })}
              >
                metrics.json
              </button>
              <button
                type="button"
                class="link"
                onClick={() => send({ type: "open_file", path: "predictions.csv" })}
              >
                predictions.csv
              </button>
            </p>
          )}
        </div>
        {evaluation !== null &&
          (evaluation.levels.length > 0 ? (
            <ConfusionMatrix key={evaluation.outcome} evaluation={evaluation} unit={unitOf(evaluation)} />
          ) : (
            evaluation.examples.length > 0 && <TruthChart evaluation={evaluation} />
          ))}
      </div>
    </Section>
  );
}

/** The evaluation that is shown: of the test set where there is one, of the outcome that was chosen. */
export function shownEvaluation(state: RunState, outcome: string | null): Evaluation | null {
  for (const set of ["test", "validation", "train"] as const) {
    const all = state.evaluations.filter((one) => one.set === set);
    const shown = all.find((one) => one.outcome === outcome) ?? all[0];
    if (shown !== undefined) return shown;
  }
  return null;
}

export function unitOf(evaluation: Evaluation): string {
  return evaluation.examples.some((example) => example.image !== undefined) ? "images" : "rows";
}
