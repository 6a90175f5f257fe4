import { useMemo } from "preact/hooks";
import type { RunState, TuningState } from "../../src/protocol/index.ts";
import { count, countOf, duration, timeLeft } from "../format.ts";
import { usePanel } from "../panel-context.ts";
import { useTimeLeft } from "../run/use-time-left.ts";
import { Section } from "../section.tsx";
import { tuningNotes } from "./notes.ts";
import { candidateNumber, trialsInAll } from "./tuning-facts.ts";

/** How far the trials are, what they cost, what runs, and what they noted. */
export function Trials({ state, tuning }: { state: RunState; tuning: TuningState }) {
  const left = useTimeLeft(state);
  const facts = trialFacts(state, tuning, left);
  return (
    <Section id="trials" title="Trials">
      <dl class="trial-facts">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt class="quiet">{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <AllNotes tuning={tuning} />
    </Section>
  );
}

/** Name and words of each fact. */
export function trialFacts(state: RunState, tuning: TuningState, left: number | null): [string, string][] {
  const { started, done, failed, spared, running } = tuning;
  const inAll = trialsInAll(tuning);
  const fitting = tuning.candidates.reduce(
    (sum, { trials }) => sum + trials.reduce((own, { seconds }) => own + seconds, 0),
    0,
  );
  const goesOn = state.status === "running";
  const trials = [
    inAll === null || done === inAll
      ? countOf(done, "trials")
      : `${count(done)} of ${countOf(inAll, "trials")}`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(spared > 0 ? [`${count(spared)} spared`] : []),
  ];
  const spent = elapsed(state);
  const time = [
    ...(spent === null ? [] : [`${duration(spent)}${goesOn ? " so far" : ""}`]),
    ...(goesOn && left !== null ? [timeLeft(left)] : []),
    ...(fitting > 0 ? [`${duration(fitting)} of fitting on ${countOf(started.workers, "workers")}`] : []),
  ];
  return [
    ["trials", trials.join(", ")],
    ...(goesOn
      ? [["running", running.length === 0 ? "none at the moment" : runningWords(tuning)] as [string, string]]
      : []),
    ["time", time.join(", ")],
    ["method", started.method],
    ["resamples", resampleFacts(tuning)],
  ];
}

/** `candidate 12 on Fold4, candidate 13 on Fold1`. */
function runningWords(tuning: TuningState): string {
  return tuning.running
    .map(({ config, fold, epochs }) => {
      const upTo = epochs === undefined ? "" : ` up to epoch ${count(epochs)}`;
      return `candidate ${candidateNumber(tuning, config)} on ${fold}${upTo}`;
    })
    .join(", ");
}

function resampleFacts({ started: { resampling, folds } }: TuningState): string {
  const first = folds[0];
  const rows =
    first === undefined
      ? ""
      : `, ${count(first.analysis)} rows to learn from and ${count(first.assessment)} to assess`;
  return `${resampling}${rows}`;
}

/** Seconds since it began, or went on, until it ended or last said something. */
function elapsed({ started, resumed, ended, updated }: RunState): number | null {
  if (ended !== null) return ended.seconds;
  const begun = resumed?.time ?? started?.time;
  if (begun === undefined || updated === null) return null;
  return Math.max(0, (Date.parse(updated) - Date.parse(begun)) / 1000);
}

/** What trials noted, the same thing once; it leads to the first candidate that did. */
function AllNotes({ tuning }: { tuning: TuningState }) {
  const { change } = usePanel();
  const notes = useMemo(() => tuningNotes(tuning), [tuning]);
  if (notes.length === 0) return null;
  return (
    <ul class="all-notes">
      {notes.map(({ message, type, trials, candidates, first }) => (
        <li key={`${type} ${message}`}>
          <button type="button" class="plain-button" onClick={() => change({ candidate: first })}>
            <span>
              <span class="quiet">{type} </span>
              {message}
            </span>
            <span class="quiet number">
              {countOf(trials, "trials")} of {countOf(candidates, "candidates")}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
