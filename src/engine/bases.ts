import path from "node:path";
import { homeFolder } from "../data/home.ts";
import type { BaseDescription, FileSource, TensorDescription } from "../kspec/description.ts";
import type { LoadedBase } from "../model/assemble.ts";
import { cutAfter } from "../model/cut.ts";
import { NESTED, type KerasConfig } from "../model/network.ts";
import { readModelFiles } from "../model/tfjs-files.ts";
import { UserError } from "../protocol/index.ts";
import { loadApplication } from "./application-base.ts";
import { loadKerasModel } from "./keras-model.ts";
import { inputShapesOf, loadOnnxBase } from "./onnx-base/index.ts";
import type { BasesAtHand } from "./preloaded-bases.ts";

/** Bases that these tensors depend on, each with a tensor that it makes. */
export function basesOf(tensors: Iterable<TensorDescription>): Map<BaseDescription, TensorDescription> {
  const bases = new Map<BaseDescription, TensorDescription>();
  const seen = new Set<TensorDescription>();
  const stack = [...tensors];
  while (stack.length > 0) {
    const tensor = stack.pop()!;
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    if (tensor.layer.kind === "base") bases.set(tensor.layer, tensor);
    stack.push(...tensor.inputs);
  }
  return bases;
}

/**
 * Reads the files of every base.
 *
 * @throws UserError when one is missing, damaged or of a kind that this version does not build.
 */
export async function loadBases(
  bases: ReadonlyMap<BaseDescription, TensorDescription>,
  specFolder: string,
  atHand?: BasesAtHand,
): Promise<Map<BaseDescription, LoadedBase>> {
  const loaded = new Map<BaseDescription, LoadedBase>();
  for (const [base, tensor] of bases) {
    const { source } = base;
    const shapes = inputShapesOf(tensor);
    const read = () =>
      source.from === "application"
        ? loadApplication(source, specFolder)
        : loadFile(source, specFolder, shapes);
    loaded.set(base, await (atHand?.get(source, shapes, read) ?? read()));
  }
  return loaded;
}

async function loadFile(
  source: FileSource,
  specFolder: string,
  inputShapes: ReturnType<typeof inputShapesOf>,
): Promise<LoadedBase> {
  const file = baseFile(source.path, specFolder);
  if (isOnnxFile(file)) return loadOnnxBase(file, source.up_to, inputShapes);
  if (isKerasFile(file)) {
    const base = await loadKerasModel(file);
    return source.up_to === undefined ? base : cutAfter(base, source.up_to, source.path);
  }
  const { topology, weights } = await readModelFiles(file);
  const class_name = String(topology["class_name"]);
  if (!NESTED.has(class_name))
    throw new UserError(
      "model-format",
      `${source.path} holds a ${class_name}, and a base must be a Keras model.`,
    );
  const base: LoadedBase = {
    class_name: class_name === "Model" ? "Functional" : class_name,
    config: topology["config"] as KerasConfig,
    weights,
  };
  return source.up_to === undefined ? base : cutAfter(base, source.up_to, source.path);
}

const KERAS_FILES = new Set([".keras", ".h5", ".hdf5"]);

function isKerasFile(file: string): boolean {
  return KERAS_FILES.has(path.extname(file).toLowerCase());
}

function isOnnxFile(file: string): boolean {
  return path.extname(file).toLowerCase() === ".onnx";
}

/**
 * The file behind the path of `load_model`: a `model.json`, one of Keras's, or an .onnx file.
 *
 * @throws UserError for a format that is not read, and for a name that KSpec does not come with.
 */
export function baseFile(given: string, specFolder: string): string {
  if (given.startsWith("kspec:")) {
    const name = given.slice("kspec:".length);
    if (name !== "digits_base")
      throw new UserError(
        "unknown-base",
        `load_model("${given}"): KSpec comes with one base, "kspec:digits_base". Other models are given by the path of their .keras, .h5, .onnx or model.json file.`,
      );
    return path.join(homeFolder(), "media", name, "model.json");
  }
  const file = path.resolve(specFolder, given);
  const extension = path.extname(file).toLowerCase();
  if (extension === ".json" || isKerasFile(file) || isOnnxFile(file)) return file;
  if (extension === "") return path.join(file, "model.json");
  throw new UserError(
    "model-format",
    `load_model("${given}") reads a .keras or .h5 file of Keras's, the model.json of a TensorFlow.js layers model, or an .onnx file, and this is a ${extension} file. Save the model with Keras: model.save("${path.parse(given).name}.keras").`,
  );
}
