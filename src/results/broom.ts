import { glanceRun, tidyRun, type LayerRow } from "../runs/index.ts";
import type { RunResults } from "./read-run.ts";

/**
 * The layers of a fit's network, one row each (kerasnip's `tidy`).
 *
 * @throws UserError where no network was built, as of a tuning.
 */
export function tidy({ folder }: RunResults): readonly LayerRow[] {
  return tidyRun(folder);
}

/** The epoch log of a fit's last finished epoch, `val_` keys included (kerasnip's `glance`); null where no epoch has ended. */
export function glance({ folder }: RunResults): Readonly<Record<string, number>> | null {
  return glanceRun(folder);
}
