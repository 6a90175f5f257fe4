import { reduceAll } from "../protocol/index.ts";
import { readRun } from "./read-run.ts";

/**
 * kerasnip's `glance` of a fit: what the epoch log says of the last finished epoch, `val_` keys included.
 *
 * @param folder The run's, whatever became of it.
 * @returns null where no epoch has ended.
 */
export function glanceRun(folder: string): Readonly<Record<string, number>> | null {
  return reduceAll(readRun(folder).events).epochs.at(-1)?.logs ?? null;
}
