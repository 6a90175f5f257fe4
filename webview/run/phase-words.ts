import {
  featuresCost,
  PHASES,
  type FeaturesCost,
  type Phase,
  type PhaseState,
  type RunState,
} from "../../src/protocol/index.ts";
import { count, countOf, duration, progressCount, rate } from "../format.ts";
import { isTuning, trialsInAll } from "../tuning/tuning-facts.ts";

/** One phase as the line of phases shows it. */
export interface PhaseLine {
  readonly phase: Phase;
  readonly name: string;
  readonly stage: "ahead" | "running" | "done" | "broken";
  /** What has been counted in it so far, `320 of 500`; empty where there is nothing to count. */
  readonly count: string;
  /** The same where there is room, with what was counted, or where it came from: `480 of 500 from cache`. */
  readonly longCount: string;
  /** What it cost, in a sentence for hover; only of features that are complete. */
  readonly cost: string | null;
  /** Between 0 and 1; null where nobody knows. */
  readonly share: number | null;
}

const NAMES: Record<Phase, string> = {
  load: "Load",
  features: "Features",
  fit: "Fit",
  tune: "Tune",
  evaluate: "Evaluate",
  save: "Save",
};

export function runningPhase(state: RunState): PhaseState | null {
  return state.phases.findLast((phase) => phase.ended === null) ?? null;
}

/** What a tuning has: it fits no final model, unless a run says that it does. */
const OF_TUNING: readonly Phase[] = ["load", "features", "tune", "save"];
const OF_FIT: readonly Phase[] = ["load", "features", "fit", "evaluate", "save"];

/**
 * All phases in their order, those ahead as well, so that the line keeps its places. `features` is left
 * out once the model is known to have no frozen prefix, and of a tuning once it tunes without any.
 */
export function phaseLines(state: RunState): PhaseLine[] {
  const has = (phase: Phase) => state.phases.some((one) => one.phase === phase);
  const withoutFeatures =
    !has("features") &&
    (has("tune") || (state.layers.length > 0 && !state.layers.some((layer) => layer.frozen)));
  const expected = isTuning(state) ? OF_TUNING : OF_FIT;
  return PHASES.filter(
    (phase) =>
      (expected.includes(phase) && (phase !== "features" || !withoutFeatures)) ||
      state.phases.some((one) => one.phase === phase),
  ).map((phase) => {
    const at = state.phases.findLast((one) => one.phase === phase);
    if (at === undefined)
      return { phase, name: NAMES[phase], stage: "ahead", count: "", longCount: "", cost: null, share: 0 };
    const fit = phase === "fit";
    const epochs = state.epochs.at(-1)?.epoch ?? 0;
    const planned = state.started?.epochs ?? null;
    const last = state.phases.at(-1) === at;
    const stopped = state.status === "failed" || state.status === "cancelled" || state.status === "lost";
    const stage = last && stopped ? "broken" : at.ended === null ? "running" : "done";
    const trials = phase === "tune" ? state.tuning : null;
    const inAll = trials && trialsInAll(trials);
    const counted = fit
      ? fitCount(epochs, planned, stage)
      : trials !== null
        ? trialCount(trials.done, inAll)
        : at.done > 0 || at.total !== null
          ? unitCount(at)
          : { count: "", longCount: "" };
    const cost = featuresCost(at);
    return {
      phase,
      name: NAMES[phase],
      stage,
      ...counted,
      cost: cost === null ? null : costSentence(cost),
      share:
        stage === "done"
          ? 1
          : trials !== null
            ? trials.done / (inAll || Infinity)
            : fit
              ? fitShare(at, epochs, planned)
              : at.total
                ? at.done / at.total
                : null,
    };
  });
}

function unitCount({ done, total, unit, cached }: PhaseState) {
  const { count: short, unit: named } = progressCount(done, total, unit);
  const complete = done === total;
  if (complete && cached !== null && cached > 0)
    return { count: short, longCount: `${fromCache(cached, done)} from cache` };
  return { count: short, longCount: named === "" ? short : `${short} ${named}` };
}

/** `480 of 500`, `all 500`. */
function fromCache(cached: number, total: number): string {
  return cached === total ? `all ${count(total)}` : `${count(cached)} of ${count(total)}`;
}

/**
 * While features are computed: `480 of 500 from cache`, `212 images/s`. Of any other phase its speed alone, as long as there is
 * something left to do at that speed.
 */
export function phaseFacts({ cached, total, done, unit, per_s }: PhaseState): string[] {
  return [
    ...(cached === null || cached === 0 ? [] : [`${fromCache(cached, total ?? done)} from cache`]),
    ...(per_s === null || unit === null || unit === "batches" || done === total ? [] : [rate(per_s, unit)]),
  ];
}

/** What the features of a finished run cost: `features in 0.4 s, 480 of 500 from cache`. */
export function featureFacts(state: RunState): string[] {
  const cost = featuresCost(state.phases.find(({ phase }) => phase === "features"));
  if (cost === null) return [];
  const time = `features in ${duration(cost.seconds)}`;
  if (cost.cached > 0) return [`${time}, ${fromCache(cost.cached, cost.total)} from cache`];
  return [cost.per_s === null ? time : `${time}, ${rate(cost.per_s, cost.unit)}`];
}

/** `500 images: 480 from the cache, 20 computed in 0.4 s (50 images/s)` */
function costSentence({ total, unit, cached, computed, seconds, per_s }: FeaturesCost): string {
  const of = countOf(total, unit);
  if (computed === 0) return `${of}: all from the cache in ${duration(seconds)}`;
  const speed = per_s === null ? "" : ` (${rate(per_s, unit)})`;
  const taken = `computed in ${duration(seconds)}${speed}`;
  return cached === 0
    ? `${of} ${taken}`
    : `${of}: ${count(cached)} from the cache, ${count(computed)} ${taken}`;
}

function trialCount(done: number, inAll: number | null) {
  const { count: short, unit } = progressCount(done, inAll, "trials");
  return { count: short, longCount: unit === "" ? short : `${short} ${unit}` };
}

function fitCount(epochs: number, planned: number | null, stage: PhaseLine["stage"]) {
  if (planned !== null && epochs < planned && stage !== "done") {
    const short = `${count(epochs)} of ${count(planned)}`;
    return { count: short, longCount: short };
  }
  return { count: count(epochs), longCount: countOf(epochs, "epochs") };
}

/** At least the epochs that are over; batches say where in the epoch that runs it is, never more than that. */
function fitShare(at: PhaseState, epochs: number, planned: number | null): number | null {
  if (!planned) return null;
  const batches = at.unit === "batches" && at.total ? at.done / at.total : 0;
  return Math.min(1, Math.max(epochs / planned, Math.min(batches, (epochs + 1) / planned)));
}
