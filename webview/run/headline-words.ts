import type { Backend, Evaluation, MetricRow, RunState } from "../../src/protocol/index.ts";
import { count, difference, duration, fraction, measure, rate } from "../format.ts";
import { isBetter, isBounded, isShareOfRows } from "../metric-facts.ts";
import { isTuning } from "../tuning/tuning-facts.ts";
import { tuningAnswer, tuningWhileRunning, withoutAnswer } from "../tuning/tuning-headline.ts";
import { wilson } from "../wilson.ts";
import { featureFacts, phaseFacts, runningPhase } from "./phase-words.ts";

/** The answer at the top of the panel: one number or one phase, and what it is to be read against. */
export interface Headline {
  /** The large number of a finished run. */
  readonly number: string | null;
  /** What the number is; without a number, the phase or the outcome. */
  readonly title: string;
  /** Beside the title: the interval and n, or whatever else limits the number. */
  readonly aside: string | null;
  /** What `aside` means, in a sentence, for hover and screen reader. */
  readonly asideMeaning: string | null;
  readonly facts: readonly string[];
  /** What trains; null before the run has begun. */
  readonly engine: Engine | null;
}

/** What trains a network, in a few words. */
export interface Engine {
  /** "ONNX Runtime", while it trains with its speed: "ONNX Runtime, 1,240 steps/s". */
  readonly words: string;
  /** What keeps ONNX Runtime from training; null where it does, and where the run is from before it could. */
  readonly whyNotNative: string | null;
}

export function headlineOf(state: RunState): Headline {
  return { ...answerOf(state), engine: engineOf(state) };
}

type Answer = Omit<Headline, "engine">;

function answerOf(state: RunState): Answer {
  if (state.status === "running" || state.status === "waiting") return whileRunning(state);
  if (isTuning(state)) return afterTuning(state);
  const measured = headlineMetric(state);
  const base = { aside: null, asideMeaning: null };
  if (measured === null) return { number: null, title: outcomeWord(state), ...base, facts: cost(state) };
  const { row } = measured;
  const metric = row[".metric"];
  const value = row[".estimate"];
  const title = `${row.set} ${metric}`;
  const facts = [
    ...comparison(state, row),
    ...alongside(state, row),
    ...baseline(state, row),
    ...cost(state),
  ];
  if (value === null) return { number: "–", title: `${title} is not defined`, ...base, facts };
  const n = `n = ${count(row.n)}`;
  if (!isShareOfRows(metric) || row.n < 1) {
    return {
      number: isBounded(metric) ? fraction(value) : measure(value),
      title,
      ...base,
      aside: `(${n})`,
      facts,
    };
  }
  const [low, high] = wilson(value, row.n);
  return {
    number: fraction(value),
    title,
    aside: `${interval(value, low, high)} (${n})`,
    asideMeaning: `Wilson's 95 % interval from ${fraction(low)} to ${fraction(high)}, from ${count(row.n)} rows`,
    facts,
  };
}

/** ± where both arms are as long to three decimals' eye, else the two ends: near 1 an interval is lopsided. */
function interval(value: number, low: number, high: number): string {
  const up = high - value;
  const down = value - low;
  return Math.abs(up - down) <= 0.15 * (high - low) && up > 0 && down > 0
    ? `±${fraction((high - low) / 2)}`
    : `${fraction(low)} to ${fraction(high)}`;
}

function afterTuning(state: RunState): Answer {
  const answer = state.tuning && tuningAnswer(state, state.tuning);
  if (answer !== null) return { ...answer, facts: [...answer.facts, ...featureFacts(state)] };
  const title = withoutAnswer(state);
  return { number: null, title, aside: null, asideMeaning: null, facts: cost(state) };
}

function whileRunning(state: RunState): Answer {
  const phase = runningPhase(state);
  if (state.tuning !== null && (phase === null || phase.phase === "tune"))
    return tuningWhileRunning(state.tuning);
  const last = state.epochs.at(-1);
  const epochs = state.started?.epochs ?? 0;
  const title =
    phase === null
      ? "Starting"
      : phase.phase === "fit" && epochs > 0
        ? `Epoch ${count(Math.min(epochs, (last?.epoch ?? 0) + 1))} of ${count(epochs)}`
        : {
            load: "Loading",
            features: "Computing features",
            fit: "Fitting",
            tune: "Tuning",
            evaluate: "Evaluating",
            save: "Saving",
          }[phase.phase];
  const facts =
    phase?.phase === "fit" || phase === null
      ? last === undefined
        ? []
        : logFacts(last.logs)
      : phaseFacts(phase);
  return { number: null, title, aside: null, asideMeaning: null, facts };
}

/** The last epoch in a few words: loss and the first metric, with their validation twins. */
export function logFacts(logs: Readonly<Record<string, number>>): string[] {
  const names = Object.keys(logs).filter((name) => !name.startsWith("val_"));
  const metric = names.find((name) => name !== "loss");
  return ["loss", ...(metric === undefined ? [] : [metric])]
    .filter((name) => logs[name] !== undefined)
    .map((name) => {
      const write = isBounded(name) ? fraction : measure;
      const validation = logs[`val_${name}`];
      const train = `${name} ${write(logs[name] as number)}`;
      return validation === undefined ? train : `${train}, validation ${write(validation)}`;
    });
}

/** Test accuracy where there is one, else the first metric of the best set there is. */
export function headlineMetric(state: RunState): { readonly row: MetricRow & { readonly n: number } } | null {
  for (const set of ["test", "validation", "train"] as const) {
    const rows = state.metrics.filter((row) => row.set === set);
    const row =
      rows.find((row) => row[".metric"] === "accuracy") ??
      rows.find((row) => row[".metric"] === "rmse") ??
      rows[0];
    if (row !== undefined) return { row };
  }
  return null;
}

function comparison(state: RunState, row: MetricRow): string[] {
  const before = state.started?.previous?.metrics.find(
    (other) => other.set === row.set && other[".metric"] === row[".metric"],
  )?.[".estimate"];
  const now = row[".estimate"];
  if (before == null || now === null) return [];
  const change = now - before;
  const size = difference(change, isBounded(row[".metric"]));
  if (Number(size) === 0) return ["the same as the last run"];
  const better = isBetter(row[".metric"], now, before);
  return [`${better ? "▲ better" : "▼ worse"} than the last run by ${size}`];
}

/** In regression the error alone says little: rsq beside it. */
function alongside(state: RunState, row: MetricRow): string[] {
  if (row[".metric"] !== "rmse") return [];
  const rsq = state.metrics.find((other) => other.set === row.set && other[".metric"] === "rsq")?.[
    ".estimate"
  ];
  return rsq == null ? [] : [`rsq ${fraction(rsq)}`];
}

function baseline(state: RunState, row: MetricRow): string[] {
  if (row[".metric"] !== "accuracy") return [];
  const share = state.evaluations.find((one: Evaluation) => one.set === row.set)?.baseline;
  return share == null ? [] : [`always guessing the commonest class gives ${fraction(share)}`];
}

function cost(state: RunState): string[] {
  return [...(state.ended === null ? [] : [duration(state.ended.seconds)]), ...featureFacts(state)];
}

function engineOf({ started, trainer, phases, status }: RunState): Engine | null {
  const backend = trainer ?? started?.backend;
  if (backend === undefined) return null;
  const name = backendWords(backend);
  const fit = phases.findLast(({ phase }) => phase === "fit");
  const speed = status === "running" && fit?.ended === null && fit.unit === "batches" ? fit.per_s : null;
  return {
    words: speed === null ? name : `${name}, ${rate(speed, "steps")}`,
    whyNotNative: trainer === null || trainer.name === "onnxruntime" ? null : trainer.reason,
  };
}

export function backendWords({ name }: Backend): string {
  return { onnxruntime: "ONNX Runtime", tensorflow: "TensorFlow", wasm: "WebAssembly" }[name] ?? name;
}

function outcomeWord(state: RunState): string {
  return { done: "Fitted", failed: "Failed", cancelled: "Stopped", lost: "Lost", waiting: "", running: "" }[
    state.status
  ];
}
