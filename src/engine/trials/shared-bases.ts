import type { BaseDescription } from "../../kspec/description.ts";
import type { LoadedBase } from "../../model/assemble.ts";
import type { BasesAtHand } from "../preloaded-bases.ts";

/** Bases that are read once, for all fits that ask for them with the same options. */
export class SharedBases implements BasesAtHand {
  readonly #loaded = new Map<string, Promise<LoadedBase>>();

  get(
    source: BaseDescription["source"],
    inputShapes: readonly (readonly (number | null)[])[] | undefined,
    read: () => Promise<LoadedBase>,
  ): Promise<LoadedBase> {
    const key = JSON.stringify([source, source.from === "application" ? null : inputShapes]);
    let loading = this.#loaded.get(key);
    if (loading === undefined) {
      loading = read();
      this.#loaded.set(key, loading);
      // A download that fails once may succeed for the next trial.
      loading.catch(() => this.#loaded.delete(key));
    }
    return loading;
  }
}
