import type { RunEvent } from "../protocol/index.ts";

/** How long a run has worked before it went on, its pauses left out. */
export function millisecondsOf(events: readonly RunEvent[]): number {
  let sum = 0;
  let from: number | undefined;
  let to = 0;
  for (const { type, time } of events) {
    if (type === "resumed" && from !== undefined) sum += to - from;
    if (type === "run_started" || type === "resumed") from = Date.parse(time);
    to = Date.parse(time);
  }
  return from === undefined ? 0 : sum + to - from;
}
