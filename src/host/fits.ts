import type { WatchedRun } from "./watched-run.ts";

/** The fits and tunings that are going on, as far as this window knows: at most one an export, side by side across specs. */
export class Fits {
  readonly #running = new Set<WatchedRun>();
  readonly #listeners = new Set<() => void>();

  /** In the order in which they were started. */
  get running(): readonly WatchedRun[] {
    return [...this.#running];
  }

  /** The fit of this workflow; where one of the two names is only "the default one", of this file. */
  of(file: string, workflow: string | undefined): WatchedRun | undefined {
    return this.running.find(
      (run) =>
        run.file === file &&
        (run.workflow === workflow || run.workflow === undefined || workflow === undefined),
    );
  }

  /** The one whose folder this is. */
  inFolder(folder: string): WatchedRun | undefined {
    return this.running.find((run) => run.folder === folder);
  }

  add(run: WatchedRun): void {
    if (!run.going) return;
    this.#running.add(run);
    run.subscribe((news) => {
      if (news === "ended") this.#running.delete(run);
      this.#tell();
    });
    this.#tell();
  }

  /** Calls back when a fit starts, gets on, or ends. Returns what stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
