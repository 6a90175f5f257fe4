import type { PhaseState } from "./run-state.ts";

/** What the features of a run cost: how many there are, where they came from, how long that took. */
export interface FeaturesCost {
  readonly total: number;
  readonly unit: string;
  readonly cached: number;
  readonly computed: number;
  /** From the beginning of the phase to its end, which has in it what it took to begin. */
  readonly seconds: number;
  /** `computed / seconds`; null where nothing was computed or it took no time. */
  readonly per_s: number | null;
}

/** Of a phase "features" that is over and complete; null of any other. */
export function featuresCost(
  phase: Pick<PhaseState, "phase" | "started" | "ended" | "done" | "total" | "unit" | "cached"> | undefined,
): FeaturesCost | null {
  if (phase?.phase !== "features" || phase.ended === null || phase.unit === null) return null;
  if (phase.done === 0 || phase.done !== phase.total) return null;
  const cached = phase.cached ?? 0;
  const computed = phase.done - cached;
  const seconds = Math.max(0, (Date.parse(phase.ended) - Date.parse(phase.started)) / 1000);
  return {
    total: phase.total,
    unit: phase.unit,
    cached,
    computed,
    seconds,
    per_s: computed > 0 && seconds > 0 ? computed / seconds : null,
  };
}
