import type { Applicable, SequentialDescription } from "./description.ts";
import type { PretrainedBase } from "./base.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { isApplicable, lock, named, type Layer } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

/** Layers one after the other. The blocks of a sequential spec hand it on and add to it. */
export interface SequentialModel extends SequentialDescription {
  readonly kind: "sequential";
  /** Puts a layer at the end, and returns the model. */
  add(layer: Layer | PretrainedBase): SequentialModel;
}

export interface SequentialOptions {
  /** The first layers; the first of all needs `inputShape`, or is a `layers.inputLayer`. Default: none. */
  layers?: readonly (Layer | PretrainedBase)[];
}

const known: KnownOptions<SequentialOptions> = { layers: "optional" };

/**
 * A model whose layers come one after the other: what the first block of a sequential spec creates.
 *
 * ```ts
 * const input_block = ({ input_shape }: InputBlock) =>
 *   sequential({ layers: [layers.flatten({ inputShape: input_shape })] });
 * ```
 */
export function sequential(options?: SequentialOptions): SequentialModel {
  const { layers = [] } = readOptions("sequential", known, options) as SequentialOptions;
  const model = new LayerList();
  for (const layer of layers) model.add(layer);
  return model;
}

class LayerList implements SequentialModel {
  readonly kind = "sequential";
  readonly layers: Applicable[] = [];
  constructor() {
    lock(this, ["kind", "layers"]);
  }
  add(layer: Layer | PretrainedBase): SequentialModel {
    if (!isApplicable(layer))
      throw new SpecError("no-layer", `A sequential model is made of layers; it was given ${named(layer)}.`);
    this.layers.push(layer);
    return this;
  }
}
