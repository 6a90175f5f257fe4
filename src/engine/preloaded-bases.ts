import type { KerasPlaces } from "../data/keras-files.ts";
import type { ApplicationSource, BaseDescription } from "../kspec/description.ts";
import type { LoadedBase } from "../model/assemble.ts";
import { loadApplication } from "./application-base.ts";

/** Applications whose weights are read while the data are: both take their time, and on different threads mostly. */
export class PreloadedBases {
  readonly #loading = new Map<string, Promise<LoadedBase>>();

  constructor(bases: Iterable<BaseDescription>, specFolder: string, places: KerasPlaces) {
    for (const { source } of bases) {
      if (source.from !== "application" || this.#loading.has(keyOf(source))) continue;
      const loading = loadApplication(source, specFolder, places);
      // Whoever asks for it hears what went wrong; nobody may.
      loading.catch(() => undefined);
      this.#loading.set(keyOf(source), loading);
    }
  }

  /** A base that was asked for with these options; it is handed over, and not kept here. */
  take(source: ApplicationSource): Promise<LoadedBase> | undefined {
    const loading = this.#loading.get(keyOf(source));
    this.#loading.delete(keyOf(source));
    return loading;
  }
}

function keyOf({ name, options }: ApplicationSource): string {
  return JSON.stringify([name, options]);
}
