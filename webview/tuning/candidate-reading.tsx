import type { CandidateState, TuningState } from "../../src/protocol/index.ts";
import { count } from "../format.ts";
import { errorText, metricText, metricTitle } from "./metric-words.ts";
import { candidateNumber, type ShownMetric } from "./tuning-facts.ts";
import { valueText } from "./value-words.ts";

/** A candidate in one line above a figure: its number, the metric, its values. */
export function CandidateReading({
  one,
  tuning,
  metric,
}: {
  one: CandidateState;
  tuning: TuningState;
  metric: ShownMetric;
}) {
  const summary = one.summary[metric.key];
  return (
    <>
      <span>Candidate {count(candidateNumber(tuning, one.config))}</span>
      {summary !== undefined && (
        <span>
          <span class="quiet">{metricTitle(metric.key)} </span>
          {metricText(metric.name, summary.mean)} <span class="quiet">{errorText(metric.name, summary)}</span>
        </span>
      )}
      {Object.entries(one.values).map(([id, value]) => (
        <span key={id}>
          <span class="quiet">{id} </span>
          {valueText(value)}
        </span>
      ))}
    </>
  );
}

/** The same as a sentence, for those who do not see it. */
export function readingText(one: CandidateState, tuning: TuningState, metric: ShownMetric): string {
  const summary = one.summary[metric.key];
  const values = Object.entries(one.values).map(([id, value]) => `${id} ${valueText(value)}`);
  const mean =
    summary === undefined ? [] : [`${metricTitle(metric.key)} ${metricText(metric.name, summary.mean)}`];
  return `candidate ${count(candidateNumber(tuning, one.config))}: ${[...mean, ...values].join(", ")}`;
}
