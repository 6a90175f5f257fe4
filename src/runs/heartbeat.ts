import { Worker } from "node:worker_threads";

/** How often the `alive` file is touched. */
export const HEARTBEAT_MS = 2000;

/**
 * Touches a file every two seconds from a thread of its own: a batch of a large network can hold
 * the main thread for ten seconds and more, and a run must not look dead meanwhile. When the
 * process is killed the thread goes with it.
 */
export class Heartbeat {
  readonly #thread: Worker;

  constructor(file: string) {
    this.#thread = new Worker(THREAD, {
      eval: true,
      workerData: { file, every: HEARTBEAT_MS },
      execArgv: [],
    });
    this.#thread.unref();
    // Without a heartbeat the run goes on: it is only that others cannot see it live.
    this.#thread.on("error", () => undefined);
  }

  stop(): void {
    void this.#thread.terminate();
  }
}

// `utimes` fails once the file is gone, which is how a run that has ended, or was deleted, stays quiet.
const THREAD = `
const { utimesSync } = require("node:fs");
const { workerData } = require("node:worker_threads");
setInterval(() => {
  try { utimesSync(workerData.file, new Date(), new Date()); } catch {}
}, workerData.every);
`;
