import type { Baked } from "../data/baked.ts";
import { UserError } from "../protocol/index.ts";
import type { FitJob, FitListener } from "./contract.ts";
import { describeNetwork, inputPlans } from "./describe-network.ts";
import { openFeatureStore } from "./feature-store/index.ts";
import { FrozenPrefix, type FeatureChunk, type FeatureProgress } from "./features.ts";
import { flatten } from "./flatten.ts";
import { inputColumns, plainColumns } from "./inputs.ts";
import { splitOffFrozen } from "./prefix.ts";
import { startTensorFlow } from "./tensorflow/index.ts";

/** The frozen part of a model, ready to say what it makes of any rows. */
export interface OpenFeatures {
  /** What it gives of each row, in the order of `FeatureChunk.features`; named after the layer that makes it. */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** The features of these rows, chunk by chunk in their order, without random variants. */
  chunks(
    rows: Baked,
    signal?: AbortSignal,
    onProgress?: (progress: FeatureProgress) => void,
  ): AsyncIterable<FeatureChunk>;
  close(): Promise<void>;
}

/**
 * Opens the frozen prefix of a model by itself: nothing is trained.
 *
 * @param job `train` says what shapes the inputs have; the seed draws frozen weights that come from no file.
 * @throws UserError when the model has no frozen base, and for all that a fit would refuse.
 */
export async function openFeatures(
  job: Pick<FitJob, "model" | "train" | "specFolder" | "seed" | "store" | "preloaded">,
  note: FitListener["note"],
): Promise<OpenFeatures> {
  const backend = await startTensorFlow(job.model.engine, { specFolder: job.specFolder });
  const network = await describeNetwork(job);
  const { prefix } = splitOffFrozen(flatten(network));
  if (prefix === null)
    throw new UserError(
      "no-frozen-base",
      `${network.name} has no frozen base, so it has no features. Set base.trainable = false in the block that makes it.`,
    );
  const inputs = inputPlans(network);
  const frozen = await FrozenPrefix.open({
    network: prefix,
    inputs,
    columns: inputColumns(inputs, job.train),
    engine: job.model.engine,
    backend: backend.name,
    seed: job.seed,
    store: job.store === undefined ? openFeatureStore() : job.store,
    note,
  });
  return {
    tensors: prefix.outputs.map(({ name }, i) => ({ name, shape: frozen.shapes[i]! })),
    chunks: (rows, signal, onProgress) =>
      frozen.chunks(plainColumns(inputColumns(inputs, rows)), rows.rows, signal, onProgress),
    close: () => frozen.rest(),
  };
}
