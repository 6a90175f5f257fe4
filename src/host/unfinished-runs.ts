import type { Memento } from "vscode";
import type { Fits } from "./fits.ts";
import { watchFolder, type WatchedRun } from "./watched-run.ts";

/** The key in the workspace's memory: folders of the runs that this window has seen begin and not end. */
const KEY = "kspec.unfinishedRuns";

/**
 * Remembers which runs go on, so that a window that was reloaded finds them again: the worker is a process
 * of its own and does not mind the reload.
 */
export class UnfinishedRuns {
  readonly #memory: Memento;

  constructor(memory: Memento) {
    this.#memory = memory;
  }

  remember(run: WatchedRun): void {
    const note = () => {
      if (run.folder !== undefined && run.going) this.#write((folders) => folders.add(run.folder!));
    };
    note();
    const stop = run.subscribe((news) => {
      if (news !== "ended" && news.some(({ type }) => type === "run_started" || type === "resumed")) {
        note();
        stop();
      }
    });
    void run.ended.then(() => this.#write((folders) => folders.delete(run.folder ?? "")));
  }

  /** The runs that still go on; what has ended meanwhile is forgotten. */
  find(fits: Fits): WatchedRun[] {
    const found: WatchedRun[] = [];
    for (const folder of this.#read()) {
      const run = fits.inFolder(folder) ?? watchFolder(folder);
      if (run?.going) found.push(run);
      else this.#write((folders) => folders.delete(folder));
    }
    return found;
  }

  #read(): Set<string> {
    const kept = this.#memory.get<unknown>(KEY, []);
    return new Set(Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : []);
  }

  #write(change: (folders: Set<string>) => unknown): void {
    const folders = this.#read();
    change(folders);
    void this.#memory.update(KEY, [...folders]);
  }
}
