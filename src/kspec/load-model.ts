import { LoadedBase, type PretrainedBase } from "./base.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

export interface LoadModelOptions {
  /** Name of the layer whose output is used: the layers after it are cut off. Default: the last. */
  up_to?: string;
}

const known: KnownOptions<LoadModelOptions> = { up_to: "optional" };

/**
 * A saved model, used as a layer.
 *
 * @param path `"kspec:digits_base"`, the small base that comes with KSpec; a model that Keras saved (`.keras`, `.h5`); or the
 *   `model.json` of a TensorFlow.js layers model. Relative paths start at the spec's folder.
 */
export function load_model(path: string, options?: LoadModelOptions): PretrainedBase {
  if (typeof path !== "string" || path === "")
    throw new SpecError(
      "no-path",
      `load_model() takes the path of a .keras, .h5 or model.json file, or "kspec:digits_base", and got ${named(path)}.`,
    );
  return new LoadedBase({ from: "file", path, ...readOptions("load_model", known, options) });
}
