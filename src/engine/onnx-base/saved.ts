import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import { innerLayers, type KerasConfig } from "../../model/network.ts";
import type { KerasGraph } from "../native/keras-graph.ts";
import { ONNX_MODEL, onnxConfig } from "./config.ts";
import { BASE_FILE } from "./load.ts";
import { openFiles, openModel } from "./open-models.ts";

interface AnyLayer {
  readonly class_name: string;
  readonly config: KerasConfig;
}

/**
 * The files that a saved network needs beside its own, since its .onnx bases are part of it.
 *
 * @returns for each its name in the model's folder, and where it is now
 */
export function baseFiles(layers: Iterable<AnyLayer>): { readonly name: string; readonly path: string }[] {
  const found = new Map<string, string>();
  for (const { config } of onnxLayers(layers)) {
    const { sha256, file } = onnxConfig(config);
    const folder = path.posix.dirname(file);
    for (const [i, one] of (openFiles(sha256) ?? []).entries())
      found.set(`${folder}/${i === 0 ? BASE_FILE : one.name.split(path.sep).join("/")}`, one.path);
  }
  return [...found].map(([name, place]) => ({ name, path: place }));
}

/**
 * Opens the .onnx bases of a saved network, so that it can be computed and exported.
 *
 * @param layers of the network's configuration
 * @param folder of the saved model
 * @throws UserError when a file is missing or is another than the one that was saved.
 */
export async function openSavedBases(layers: Iterable<AnyLayer>, folder: string): Promise<void> {
  for (const { config } of onnxLayers(layers)) {
    const { sha256, file } = onnxConfig(config);
    if (openFiles(sha256) !== undefined) continue;
    const place = path.join(folder, file);
    const model = await openModel(place);
    if (model.sha256 !== sha256)
      throw new UserError(
        "model-damaged",
        `${place} is not the file that was saved with the model. Copy the model's whole folder again.`,
      );
  }
}

/** Whether a network has a base that ONNX Runtime alone can compute. */
export function holdsOnnxModel(graph: KerasGraph): boolean {
  return onnxLayers(graph.layers.values()).next().done !== true;
}

function* onnxLayers(layers: Iterable<AnyLayer>): Generator<AnyLayer> {
  for (const layer of layers) {
    if (layer.class_name === ONNX_MODEL) yield layer;
    const inner = innerLayers(layer.config) as unknown;
    if (Array.isArray(inner)) yield* onnxLayers(inner as AnyLayer[]);
  }
}
