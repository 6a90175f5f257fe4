import type { FineTuneDescription } from "./description.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { SpecError } from "./spec-error.ts";

export interface FineTuneOptions {
  /** Name of the first layer of the base that is trained, as Keras calls it: `"conv5_block1_1_conv"`. */
  from: string;
  /** Epochs behind those of the head. Default 1. */
  epochs?: number;
  /** Small, so that what the base knows is not lost. Default 1e-5. */
  learn_rate?: number;
  /** Rows of a batch. Default: the model's `fit_batch_size`. */
  batch_size?: number;
  /** "inference": it keeps its averages, as Keras recommends; "training": it takes those of the batch and moves its own. Default "inference". */
  batch_normalization?: "inference" | "training";
}

/** How the base is trained after the head. */
export interface FineTune extends FineTuneDescription {
  readonly kind: "fine_tune";
}

/**
 * After the fit of the head, goes on with a part of its frozen base: from one of its layers on (Keras's guide to transfer
 * learning and fine-tuning).
 *
 * ```ts
 * export default workflow({
 *   data, recipe, model,
 *   fine_tune: fine_tune({ from: "conv5_block1_1_conv", epochs: 5, learn_rate: 1e-5 }),
 * });
 * ```
 */
export function fine_tune(options: FineTuneOptions): FineTune {
  const given = readOptions("fine_tune", known, options) as unknown as FineTuneOptions;
  const { from, epochs = 1, learn_rate = 1e-5, batch_size, batch_normalization = "inference" } = given;
  if (typeof from !== "string" || from === "") throw wrong("from", "the name of a layer of the base", from);
  if (!Number.isInteger(epochs) || epochs < 1) throw wrong("epochs", "a whole number from 1", epochs);
  if (!(typeof learn_rate === "number" && learn_rate > 0))
    throw wrong("learn_rate", "a number above 0", learn_rate);
  if (batch_size !== undefined && (!Number.isInteger(batch_size) || batch_size < 1))
    throw wrong("batch_size", "a whole number from 1", batch_size);
  if (batch_normalization !== "inference" && batch_normalization !== "training")
    throw wrong("batch_normalization", '"inference" or "training"', batch_normalization);
  return Object.freeze({
    kind: "fine_tune",
    from,
    epochs,
    learn_rate,
    ...(batch_size === undefined ? {} : { batch_size }),
    batch_normalization,
  } as const);
}

const known: KnownOptions<FineTuneOptions> = {
  from: "required",
  epochs: "optional",
  learn_rate: "optional",
  batch_size: "optional",
  batch_normalization: "optional",
};

function wrong(option: string, wanted: string, given: unknown): SpecError {
  return new SpecError(
    "bad-argument",
    `fine_tune: ${option} must be ${wanted}, and is ${JSON.stringify(given)}.`,
  );
}
