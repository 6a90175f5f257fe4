import { workflowTitle, type MetricRow, type PhaseState, type RunState } from "../protocol/index.ts";
import { threeDigits } from "./number-words.ts";
import { percentOfTrials, shortTrials, trialWords } from "./tuning-words.ts";

/** A run in a few words: for the notification, the status bar, the log and the messages at its end. */

/** "digits_transfer": what people call what is fitted. */
export function runName(state: RunState): string | undefined {
  const spec = state.started?.spec;
  if (!spec) return undefined;
  return workflowTitle(spec);
}

/** "epoch 3 of 5 · accuracy 0.941", "trial 58 of 150 · best accuracy 0.731", "features 240 of 500 images · 120 from cache · 212 images/s", "loading data". */
export function progressWords(state: RunState): string {
  const phase = state.phases.findLast(({ ended }) => ended === null);
  if (!phase) return state.started ? "starting" : "loading the spec";
  if (phase.phase === "tune" && state.tuning) return trialWords(state.tuning);
  if (phase.phase !== "fit") {
    const count = [PHASE_WORDS[phase.phase], countWords(phase)].filter(Boolean).join(" ");
    return [count, ...speedWords(phase)].join(" · ");
  }
  const last = state.epochs.at(-1);
  const epochs = state.started?.epochs ?? 0;
  if (!last) return `epoch 1 of ${epochs}`;
  return [`epoch ${last.epoch} of ${epochs}`, logWords(last.logs)].filter(Boolean).join(" · ");
}

/** "3/5", for the status bar; outside the fit or the trials themselves the name of the phase. */
export function shortProgress(state: RunState): string {
  const phase = state.phases.findLast(({ ended }) => ended === null);
  if (!phase) return "";
  if (phase.phase === "fit") return `${state.epochs.at(-1)?.epoch ?? 0}/${state.started?.epochs ?? 0}`;
  if (phase.phase === "tune" && state.tuning) return shortTrials(state.tuning);
  return PHASE_WORDS[phase.phase];
}

/** Share of the whole run that is done, in percent: the epochs, or the trials, are most of it. */
export function percentDone(state: RunState): number {
  if (state.tuning) return percentOfTrials(state.tuning);
  const epochs = state.started?.epochs;
  if (!epochs) return 0;
  return Math.min(100, (100 * (state.epochs.at(-1)?.epoch ?? 0)) / epochs);
}

/** "test accuracy 0.962", of the first metric of the test set, else of the validation set. */
export function resultWords(metrics: readonly MetricRow[]): string | undefined {
  const row = metrics.find(({ set }) => set === "test") ?? metrics.find(({ set }) => set === "validation");
  if (!row) return undefined;
  const estimate = row[".estimate"];
  return `${row.set} ${row[".metric"]} ${estimate === null ? "not defined" : threeDigits(estimate)}`;
}

/** The metrics of an epoch, the more telling ones only: accuracy before loss, validation beside training. */
export function logWords(logs: Readonly<Record<string, number>>): string {
  const name = Object.keys(logs).find((key) => key !== "loss" && !key.startsWith("val_")) ?? "loss";
  return [name, `val_${name}`]
    .filter((key) => logs[key] !== undefined)
    .map((key) => `${key} ${threeDigits(logs[key]!)}`)
    .join(" · ");
}

const PHASE_WORDS = {
  load: "loading data",
  features: "features",
  fit: "fitting",
  tune: "tuning",
  evaluate: "evaluating",
  save: "saving",
} as const;

function countWords({ done, total, unit }: PhaseState): string {
  if (unit === null || unit === "bytes") return total && unit ? `${Math.round((100 * done) / total)} %` : "";
  const count = done.toLocaleString("en-US");
  return total === null ? `${count} ${unit}` : `${count} of ${total.toLocaleString("en-US")} ${unit}`;
}

/** Of the images alone, which are what takes long: "120 from cache", "212 images/s". */
function speedWords({ done, total, cached, per_s, unit }: PhaseState): string[] {
  if (unit !== "images" && unit !== "rows") return [];
  return [
    ...(cached === null || cached === 0 ? [] : [`${cached.toLocaleString("en-US")} from cache`]),
    ...(per_s === null || done === total
      ? []
      : [`${per_s.toLocaleString("en-US", { maximumFractionDigits: per_s < 10 ? 1 : 0 })} ${unit}/s`]),
  ];
}
