import {
  ranked,
  valueOf,
  type CandidateState,
  type ParameterValue,
  type ParameterValues,
  type RunState,
  type TuningState,
} from "../protocol/index.ts";
import { threeDigits } from "./number-words.ts";

/** A tuning in a few words: for the notification, the status bar, lists and messages. */

/** "trial 58 of 150 · best accuracy 0.731". */
export function trialWords(tuning: TuningState): string {
  return [`trial ${countOfTrials(tuning, " of ")}`, bestMetric(tuning)].filter(Boolean).join(" · ");
}

/** "58/150", or "58" where nobody knows how many there will be. */
export function shortTrials(tuning: TuningState): string {
  return countOfTrials(tuning, "/");
}

/** Share of the trials that are done, in percent; 0 where nobody knows how many there will be. */
export function percentOfTrials(tuning: TuningState): number {
  const inAll = trialsInAll(tuning);
  return inAll === null || inAll === 0 ? 0 : Math.min(100, (100 * tuning.done) / inAll);
}

/** "best accuracy 0.951 (dense_units 64, dropout 0.2)"; undefined while no candidate has a value. */
export function bestWords(tuning: TuningState): string | undefined {
  const best = bestCandidate(tuning);
  const metric = best && metricOf(tuning, best);
  if (!metric) return undefined;
  const values = valuesWords(best.values);
  return `best ${metric}${values === "" ? "" : ` (${values})`}`;
}

/** "accuracy 0.951 · 30 candidates", for a list of runs. */
export function tuningSummary(tuning: TuningState): string {
  const best = bestCandidate(tuning);
  const count = tuning.candidates.length;
  return [
    best && metricOf(tuning, best),
    `${count.toLocaleString("en-US")} ${count === 1 ? "candidate" : "candidates"}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What is kept of a tuning that did not end well. */
export function keptTrials({ tuning }: RunState): string {
  if (tuning === null || tuning.done === 0) return "No trial was finished.";
  if (tuning.done === 1) return "The trial that was finished is kept.";
  return `The trials that were finished are kept (${countOfTrials(tuning, " of ")}).`;
}

/** The candidate that is best so far by the first metric; undefined while none has a value. */
export function bestCandidate(tuning: TuningState): CandidateState | undefined {
  const [best] = ranked(tuning);
  return best !== undefined && metricOf(tuning, best) !== undefined ? best : undefined;
}

/** "dense_units 64, dropout 0.2". */
export function valuesWords(values: ParameterValues): string {
  return Object.entries(values)
    .map(([id, value]) => `${id} ${valueWords(value)}`)
    .join(", ");
}

/** "accuracy 0.951": of the first metric; undefined where it has none. */
export function metricOf(tuning: TuningState, candidate: CandidateState): string | undefined {
  const name = tuning.started.metrics[0]?.name;
  const mean = name === undefined ? null : (valueOf(candidate, name)?.mean ?? null);
  return mean === null ? undefined : `${name} ${threeDigits(mean)}`;
}

/** A value as a person would write it: 0.2, 64, relu; of a description its name. */
function valueWords(value: ParameterValue): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : shortNumber(value);
  if (typeof value === "string") return value;
  const name = (value as { class_name?: unknown } | null)?.class_name;
  return typeof name === "string" ? name : JSON.stringify(value);
}

/** At most three significant digits, without zeros at the end: as the panel writes values. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function bestMetric(tuning: TuningState): string | undefined {
  const best = bestCandidate(tuning);
  const metric = best && metricOf(tuning, best);
  return metric && `best ${metric}`;
}

function countOfTrials(tuning: TuningState, of: string): string {
  const count = tuning.done.toLocaleString("en-US");
  const inAll = trialsInAll(tuning);
  return inAll === null ? count : `${count}${of}${inAll.toLocaleString("en-US")}`;
}

/** What was planned, less what elimination has spared; null where nobody knows. */
function trialsInAll({ started: { trials }, spared }: TuningState): number | null {
  return trials === null ? null : Math.max(0, trials - spared);
}
