import { PHASES, type Phase, type PhaseState, type RunState } from "../../src/protocol/index.ts";
import { count, progressCount } from "../format.ts";

/** One phase as the line of phases shows it. */
export interface PhaseLine {
  readonly phase: Phase;
  readonly name: string;
  readonly stage: "ahead" | "running" | "done" | "broken";
  /** What has been counted in it so far, `320 of 500`; empty where there is nothing to count. */
  readonly count: string;
  /** What was counted, where the count does not say so itself: left out where the panel is narrow. */
  readonly unit: string;
  /** Between 0 and 1; null where nobody knows. */
  readonly share: number | null;
}

const NAMES: Record<Phase, string> = {
  load: "Load",
  features: "Features",
  fit: "Fit",
  evaluate: "Evaluate",
  save: "Save",
};

export function runningPhase(state: RunState): PhaseState | null {
  return state.phases.findLast((phase) => phase.ended === null) ?? null;
}

/**
 * All phases in their order, those ahead as well, so that the line keeps its places. `features` is left
 * out once the model is known to have no frozen prefix.
 */
export function phaseLines(state: RunState): PhaseLine[] {
  const withoutFeatures =
    state.layers.length > 0 &&
    !state.layers.some((layer) => layer.frozen) &&
    !state.phases.some((phase) => phase.phase === "features");
  return PHASES.filter((phase) => phase !== "features" || !withoutFeatures).map((phase) => {
    const at = state.phases.findLast((one) => one.phase === phase);
    if (at === undefined) return { phase, name: NAMES[phase], stage: "ahead", count: "", unit: "", share: 0 };
    const fit = phase === "fit";
    const epochs = state.epochs.at(-1)?.epoch ?? 0;
    const planned = state.started?.epochs ?? null;
    const last = state.phases.at(-1) === at;
    const stopped = state.status === "failed" || state.status === "cancelled" || state.status === "lost";
    const stage = last && stopped ? "broken" : at.ended === null ? "running" : "done";
    const counted = fit
      ? fitCount(epochs, planned, stage)
      : at.done > 0 || at.total !== null
        ? progressCount(at.done, at.total, at.unit)
        : { count: "", unit: "" };
    return {
      phase,
      name: NAMES[phase],
      stage,
      ...counted,
      share:
        stage === "done" ? 1 : fit ? fitShare(at, epochs, planned) : at.total ? at.done / at.total : null,
    };
  });
}

function fitCount(epochs: number, planned: number | null, stage: PhaseLine["stage"]) {
  if (planned !== null && epochs < planned && stage !== "done")
    return { count: `${count(epochs)} of ${count(planned)}`, unit: "" };
  return { count: count(epochs), unit: epochs === 1 ? "epoch" : "epochs" };
}

/** At least the epochs that are over; batches say where in the epoch that runs it is, never more than that. */
function fitShare(at: PhaseState, epochs: number, planned: number | null): number | null {
  if (!planned) return null;
  const batches = at.unit === "batches" && at.total ? at.done / at.total : 0;
  return Math.min(1, Math.max(epochs / planned, Math.min(batches, (epochs + 1) / planned)));
}
