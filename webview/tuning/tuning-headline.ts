import type { RunState, TuningState } from "../../src/protocol/index.ts";
import { count, countOf, duration } from "../format.ts";
import { errorText, meanOf, metricText, metricTitle, resampleWord } from "./metric-words.ts";
import { allFailed, bestOf, candidatesBegun, shownMetrics, trialsInAll } from "./tuning-facts.ts";
import { valueFacts } from "./value-words.ts";

/** The parts of a headline that a tuning fills in its own way. */
export interface TuningAnswer {
  readonly number: string | null;
  readonly title: string;
  readonly aside: string | null;
  readonly asideMeaning: string | null;
  readonly facts: readonly string[];
}

/** Where a tuning that goes on is: candidate, trial, and the best so far. */
export function tuningWhileRunning(tuning: TuningState): TuningAnswer {
  const { started, running, done } = tuning;
  const begun = candidatesBegun(tuning);
  const inAll = trialsInAll(tuning);
  const at = done + (running.length > 0 ? 1 : 0);
  const trial =
    inAll === null ? `trial ${count(at)}` : `trial ${count(Math.min(at, inAll))} of ${count(inAll)}`;
  // Where folds come first every candidate is soon begun, and the trial says more.
  const allBegun = started.candidates !== null && begun >= started.candidates && begun > 1;
  const titled =
    started.parameters.length === 0 || allBegun
      ? { title: upper(trial), aside: begun > 1 ? countOf(begun, "candidates") : null }
      : { title: candidateTitle(Math.max(1, begun), started.candidates), aside: trial };
  return {
    number: null,
    ...titled,
    asideMeaning: null,
    facts: [...bestFacts(tuning, "best so far "), ...savedFacts(tuning)],
  };
}

/** What a tuning that is over has found; null where no candidate has a value. */
export function tuningAnswer(state: RunState, tuning: TuningState): TuningAnswer | null {
  const best = bestOf(tuning);
  const metric = shownMetrics(tuning)[0];
  if (best === null || metric === undefined) return null;
  const summary = best.summary[metric.key];
  if (summary === undefined) return null;
  const error = errorText(metric.name, summary);
  const resample = resampleWord(tuning.started.folds);
  const mean = meanOf(summary.n, resample);
  return {
    number: metricText(metric.name, summary.mean),
    title: metricTitle(metric.key),
    aside: [error, `(${mean})`].filter(Boolean).join(" "),
    asideMeaning:
      error === "" ? null : `${error} is the standard error of the ${meanOf(summary.n, resample)}`,
    facts: [
      ...valueFacts(best.values),
      ...savedFacts(tuning),
      ...extent(tuning),
      ...(state.ended === null ? [] : [duration(state.ended.seconds)]),
    ],
  };
}

/** The title of a tuning that is over without an answer. */
export function withoutAnswer(state: RunState): string {
  if (state.tuning !== null && allFailed(state.tuning)) return "Failed";
  return { done: "Tuned", failed: "Failed", cancelled: "Stopped", lost: "Lost", waiting: "", running: "" }[
    state.status
  ];
}

/** `best so far 0.731 accuracy ±0.012` and its values. */
function bestFacts(tuning: TuningState, before: string): string[] {
  const best = bestOf(tuning);
  const metric = shownMetrics(tuning)[0];
  const summary = metric && best?.summary[metric.key];
  if (best == null || metric === undefined || summary === undefined) return [];
  const folds = `${count(summary.n)} of ${countOf(tuning.started.folds.length, `${resampleWord(tuning.started.folds)}s`)}`;
  const of = summary.n < tuning.started.folds.length ? ` (${folds})` : "";
  const value = `${metricText(metric.name, summary.mean)} ${metricTitle(metric.key)}`;
  return [
    [`${before}${value}`, errorText(metric.name, summary)].filter(Boolean).join(" ") + of,
    ...valueFacts(best.values),
  ];
}

/** `64 of 150 trials spared`, `3 trials failed`. */
function savedFacts({ spared, failed, started }: TuningState): string[] {
  const of =
    started.trials === null
      ? countOf(spared, "trials")
      : `${count(spared)} of ${countOf(started.trials, "trials")}`;
  return [
    ...(spared > 0 ? [`${of} spared`] : []),
    ...(failed > 0 ? [`${countOf(failed, "trials")} failed`] : []),
  ];
}

/** `30 candidates`; of a tuning that was not finished how many trials it came to. */
function extent(tuning: TuningState): string[] {
  const { candidates, done } = tuning;
  const inAll = trialsInAll(tuning);
  const unfinished = inAll !== null && done < inAll;
  return [
    ...(candidates.length > 1 ? [countOf(candidates.length, "candidates")] : []),
    ...(unfinished ? [`${count(done)} of ${countOf(inAll, "trials")}`] : []),
  ];
}

function candidateTitle(at: number, of: number | null): string {
  return of === null ? `Candidate ${count(at)}` : `Candidate ${count(at)} of ${count(of)}`;
}

const upper = (text: string) => text[0]?.toUpperCase() + text.slice(1);
