import { availableParallelism } from "node:os";

let sharing = 1;

/**
 * Says how many processes like this one compute on this computer at the same time: each takes its share of the cores, since
 * threads of one that wait for cores of another are slower than fewer threads.
 */
export function shareCores(processes: number): void {
  sharing = Math.max(1, processes);
}

/** How many threads a session of this process may have. */
export function coresHere(): number {
  return Math.max(1, Math.floor(availableParallelism() / sharing));
}
