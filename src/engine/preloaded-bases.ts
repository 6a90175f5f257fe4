import type { KerasPlaces } from "../data/keras-files.ts";
import type { ApplicationSource, BaseDescription } from "../kspec/description.ts";
import type { LoadedBase } from "../model/assemble.ts";
import { loadApplication } from "./application-base.ts";

/** Bases that somebody has read already, or is reading. */
export interface BasesAtHand {
  /**
   * @param inputShapes Of what it is applied to, where they are known: an .onnx file is read for them.
   * @param read Reads it, where it is not at hand.
   */
  get(
    source: BaseDescription["source"],
    inputShapes: readonly (readonly (number | null)[])[] | undefined,
    read: () => Promise<LoadedBase>,
  ): Promise<LoadedBase>;
}

/** Applications whose weights are read while the data are: both take their time, and on different threads mostly. */
export class PreloadedBases implements BasesAtHand {
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

  /** A base that was asked for with these options is handed over, and not kept here. */
  get(source: BaseDescription["source"], _: unknown, read: () => Promise<LoadedBase>): Promise<LoadedBase> {
    if (source.from !== "application") return read();
    const loading = this.#loading.get(keyOf(source));
    this.#loading.delete(keyOf(source));
    return loading ?? read();
  }
}

function keyOf({ name, options }: ApplicationSource): string {
  return JSON.stringify([name, options]);
}
