import { useEffect, useRef, useState } from "preact/hooks";
import type { RunState } from "../../src/protocol/index.ts";
import { secondsForTrials } from "../tuning/trials-left.ts";
import { runningPhase } from "./phase-words.ts";
import { nextTimeLeft, type TimeLeft } from "./time-left.ts";

/** Seconds left in the phase that runs, changing twice a second; null where nobody knows. */
export function useTimeLeft(state: RunState): number | null {
  const running = state.status === "running";
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [running]);

  const shown = useRef<{ readonly key: string; readonly left: TimeLeft | null } | null>(null);
  const phase = runningPhase(state);
  if (!running || phase === null) return null;
  const now = Date.now() / 1000;
  // The estimate was made when the last event was said, which after a reload may be a while ago.
  const age = state.updated === null ? 0 : Math.max(0, now - Date.parse(state.updated) / 1000);
  // A phase that has counted everything may go on for a while, and nobody knows how long.
  const counted = phase.total !== null && phase.done === phase.total;
  const eta = phase.eta_s ?? (phase.phase === "tune" ? secondsForTrials(state) : null);
  const estimate = eta === null || counted ? null : Math.max(0, eta - age);
  const key = `${state.started?.run} ${phase.phase}`;
  const before = shown.current?.key === key ? shown.current.left : null;
  const left = nextTimeLeft(before, estimate, now);
  shown.current = { key, left };
  return left?.seconds ?? null;
}
