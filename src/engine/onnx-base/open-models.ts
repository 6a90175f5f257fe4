import { readOnnx, type OnnxModel } from "../native/onnx/read.ts";
import type { OnnxBaseConfig } from "./config.ts";
import { cutModel, type Cut } from "./cut.ts";
import { withOpenBatch } from "./open-batch.ts";
import { checkOperations } from "./opset.ts";

/**
 * Models of .onnx files that this process has read, by their hash: a network's configuration names the file by it, and holds
 * nothing that is no JSON.
 */
const open = new Map<string, OnnxModel>();
const cuts = new Map<string, Cut>();

/** @throws UserError when the file is missing, damaged, or has operations that are not known. */
export async function openModel(file: string): Promise<OnnxModel> {
  const model = await readOnnx(file);
  checkOperations(model);
  open.set(model.sha256, model);
  for (const key of cuts.keys()) if (key.startsWith(model.sha256)) cuts.delete(key);
  return model;
}

/** The part of an open model that a configuration speaks of; undefined when nobody has opened its file. */
export function openCut({
  sha256,
  up_to,
  open_batch,
}: Pick<OnnxBaseConfig, "sha256" | "up_to" | "open_batch">): Cut | undefined {
  const model = open.get(sha256);
  if (model === undefined) return undefined;
  const key = `${sha256} ${String(open_batch ?? false)} ${up_to ?? ""}`;
  let cut = cuts.get(key);
  if (cut === undefined) {
    cut = cutModel(model, up_to);
    if (open_batch) cut = withOpenBatch(cut);
    cuts.set(key, cut);
  }
  return cut;
}

/** The files of an open model. */
export function openFiles(sha256: string): OnnxModel["files"] | undefined {
  return open.get(sha256)?.files;
}
