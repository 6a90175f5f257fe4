import { LoadedBase, type PretrainedBase } from "./base.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

export interface LoadModelOptions {
  /** Name of the layer (of an .onnx model: the node or value) whose output is used: what comes after it is cut off. Default: the last. */
  up_to?: string;
}

const known: KnownOptions<LoadModelOptions> = { up_to: "optional" };

/**
 * A saved model, used as a layer.
 *
 * @param path `"kspec:digits_base"`, the small base that comes with KSpec; a model that Keras saved (`.keras`, `.h5`); the
 *   `model.json` of a TensorFlow.js layers model; or an `.onnx` file, which is frozen by nature. Relative paths start at the
 *   spec's folder.
 */
export function load_model(path: string, options?: LoadModelOptions): PretrainedBase {
  if (typeof path !== "string" || path === "")
    throw new SpecError(
      "no-path",
      `load_model() takes the path of a .keras, .h5, .onnx or model.json file, or "kspec:digits_base", and got ${named(path)}.`,
    );
  const base = new LoadedBase({ from: "file", path, ...readOptions("load_model", known, options) });
  return /\.onnx$/i.test(path) ? frozenByNature(base) : base;
}

/** What an .onnx file holds can be computed and not trained: `trainable` is false from the start, and stays so. */
function frozenByNature(base: LoadedBase): LoadedBase {
  return Object.defineProperty(base, "trainable", {
    enumerable: true,
    configurable: false,
    get: () => false,
    set: (wanted: unknown) => {
      if (wanted !== false)
        throw new SpecError(
          "onnx-frozen",
          `${base.name} cannot be trained: an .onnx file holds what a network computes, and not how it learns. Leave base.trainable = false, or load the model as Keras saved it (.keras).`,
        );
    },
  });
}
