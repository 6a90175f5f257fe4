import type { CandidateState, TrialEnded, TrialNote, TuningState } from "../../src/protocol/index.ts";
import { Choice } from "../choice.tsx";
import { DataTable, type Column } from "../data-table.tsx";
import { count, duration } from "../format.ts";
import { ErrorIcon, InformationIcon, WarningIcon } from "../icons.tsx";
import { usePanel } from "../panel-context.ts";
import { Section } from "../section.tsx";
import { CurveChart } from "../training/curve-chart.tsx";
import { axisEnd } from "../training/curve-series.ts";
import { Checkbox } from "../ui.ts";
import { CandidateButtons } from "./candidate-buttons.tsx";
import { statusWords } from "./candidate-words.ts";
import { foldCurves, foldMetrics } from "./fold-curves.ts";
import { meanOf, metricText, metricTitle, resampleWord } from "./metric-words.ts";
import { candidateNumber, type ShownMetric } from "./tuning-facts.ts";
import { valueText } from "./value-words.ts";

export interface CandidateDetailProps {
  readonly tuning: TuningState;
  readonly metrics: readonly ShownMetric[];
  /** What is chosen, or the best; null while there is none. */
  readonly one: CandidateState | null;
  readonly best: boolean;
  readonly running: boolean;
  /** The epochs a trial has at most. */
  readonly epochs: number;
}

/** One candidate: its values, what to do with them, its curves and its metrics fold by fold, and what was noted. */
export function CandidateDetail({ tuning, metrics, one, best, running, epochs }: CandidateDetailProps) {
  if (one === null)
    return running ? (
      <Section id="candidate" title="Candidate">
        <p class="quiet not-yet">Not yet: the best candidate stands here after the first trial.</p>
      </Section>
    ) : null;
  const values = Object.entries(one.values);
  const only = tuning.started.parameters.length === 0;
  const title = only
    ? "Resamples"
    : best
      ? "Best candidate"
      : `Candidate ${candidateNumber(tuning, one.config)}`;
  return (
    <Section id="candidate" title={title} note={only ? tuning.started.resampling : one.config}>
      <div class="candidate-head">
        {values.length > 0 && (
          <dl class="values">
            {values.map(([id, value]) => (
              <div key={id}>
                <dt class="quiet">{id}</dt>
                <dd>{valueText(value)}</dd>
              </div>
            ))}
            <div>
              <dt class="quiet">status</dt>
              {/* Why it failed stands below, among its notes. */}
              <dd>{one.status === "failed" ? "failed" : statusWords(one, tuning)}</dd>
            </div>
          </dl>
        )}
        {/* Those of the best stand below the headline once the tuning is over. */}
        {(!best || running) && (
          <CandidateButtons
            config={one.config}
            best={best}
            values={values.length > 0}
            running={running}
            primary
          />
        )}
      </div>
      <Notes trials={one.trials} word={resampleWord(tuning.started.folds)} />
      <div class="candidate-figures">
        <Curves one={one} epochs={epochs} word={resampleWord(tuning.started.folds)} />
        {one.trials.length > 0 && <FoldTable one={one} tuning={tuning} metrics={metrics} />}
      </div>
    </Section>
  );
}

/** The mean of the folds over the epochs, each fold faint behind it. */
function Curves({ one, epochs, word }: { one: CandidateState; epochs: number; word: string }) {
  const { view, change } = usePanel();
  const names = foldMetrics(one);
  const metric = view.curve !== null && names.includes(view.curve) ? view.curve : "loss";
  const { mean, folds } = foldCurves(one, metric);
  if (folds.length === 0) return null;
  const all = folds.flatMap((fold) => [...fold.train, ...fold.validation]);
  const positive = all.every(({ value }) => value === null || value > 0);
  const last = Math.max(...all.map(({ epoch }) => epoch));
  return (
    <div class="fold-curves">
      <div class="controls">
        <Choice
          label="Measure"
          options={names.map((name) => ({ value: name, text: name }))}
          value={metric}
          onChange={(curve) => change({ curve })}
        />
        {metric === "loss" && positive && (
          <Checkbox checked={view.log} onChange={(log) => change({ log })}>
            log
          </Checkbox>
        )}
        {folds.length > 1 && <span class="quiet">{meanOf(folds.length, word)}</span>}
      </div>
      <CurveChart
        pair={mean}
        behind={folds.length > 1 ? folds : []}
        end={axisEnd(last, Math.max(epochs, last), false)}
        log={view.log && metric === "loss" && positive}
      />
    </div>
  );
}

function FoldTable({
  one,
  tuning,
  metrics,
}: {
  one: CandidateState;
  tuning: TuningState;
  metrics: readonly ShownMetric[];
}) {
  const word = resampleWord(tuning.started.folds);
  const estimate = (trial: TrialEnded, key: string) =>
    trial.metrics.find(
      (row) => key === (row.outcome === undefined ? row[".metric"] : `${row[".metric"]}/${row.outcome}`),
    )?.[".estimate"] ?? null;
  const columns: Column<TrialEnded>[] = [
    { name: word, text: ({ fold }) => fold },
    ...metrics.map(({ key, name }) => ({
      name: metricTitle(key),
      numeric: true,
      text: (trial: TrialEnded) => metricText(name, estimate(trial, key)),
      order: (trial: TrialEnded) => estimate(trial, key),
    })),
    {
      name: "epochs",
      numeric: true,
      text: ({ history }) => (history.length === 0 ? "–" : count(history.at(-1)?.epoch ?? 0)),
      order: ({ history }) => history.at(-1)?.epoch ?? null,
    },
    {
      name: "time",
      numeric: true,
      text: ({ seconds }) => duration(seconds),
      order: ({ seconds }) => seconds,
    },
  ];
  return (
    <DataTable
      caption={`Metrics by ${word}`}
      columns={columns}
      rows={one.trials}
      rowKey={({ fold }) => fold}
      sortable
    />
  );
}

const ICONS = { error: ErrorIcon, warning: WarningIcon, note: InformationIcon };

/** What the candidate's trials noted; the same thing said on several folds is said once. */
function Notes({ trials, word }: { trials: readonly TrialEnded[]; word: string }) {
  const notes = new Map<string, { note: TrialNote; folds: string[] }>();
  for (const { fold, notes: own } of trials)
    for (const note of own) {
      const key = `${note.type} ${note.message}`;
      const known = notes.get(key);
      if (known === undefined) notes.set(key, { note, folds: [fold] });
      else known.folds.push(fold);
    }
  if (notes.size === 0) return null;
  return (
    <ul class="problems notes">
      {[...notes].map(([key, { note, folds }]) => {
        const Icon = ICONS[note.type] ?? InformationIcon;
        return (
          <li key={key} class={note.type === "note" ? "information" : note.type}>
            <Icon />
            <span class="hidden">{note.type}: </span>
            <p>
              {note.message} <span class="quiet">{foldList(folds, trials.length, word)}</span>
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function foldList(folds: readonly string[], all: number, word: string): string {
  if (folds.length === all && all > 1) return `(all ${all} ${word}s)`;
  return folds.length > 3
    ? `(${folds.slice(0, 3).join(", ")} and ${folds.length - 3} more)`
    : `(${folds.join(", ")})`;
}
