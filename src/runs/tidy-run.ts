import path from "node:path";
import { reduceAll, UserError } from "../protocol/index.ts";
import { readRun } from "./read-run.ts";

/** A layer of a run's network; a pretrained base is one, with all that is in it. */
export interface LayerRow {
  readonly layer: string;
  /** Keras's class name. */
  readonly class: string;
  readonly n_params: number;
}

/**
 * kerasnip's `tidy` of a fit: one row a layer, in the order of the network.
 *
 * @param folder The run's, whatever became of it.
 * @throws UserError where no network was built.
 */
export function tidyRun(folder: string): readonly LayerRow[] {
  const { layers } = reduceAll(readRun(folder).events);
  if (layers.length === 0)
    throw new UserError(
      "no-network",
      `The run ${path.basename(folder)} has no network: it ended before one was built, or it is a tuning. Choose another run with "kspec runs".`,
    );
  // What the first layer of a sequential network makes of its `inputShape` is no layer that anybody wrote; kerasnip leaves it out too.
  const made = new Set(layers.map(({ name }) => `${name}_input`));
  return layers
    .filter((layer) => layer.class !== "InputLayer" || !made.has(layer.name))
    .map((layer) => ({ layer: layer.name, class: layer.class, n_params: layer.parameters }));
}
