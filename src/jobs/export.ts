import { randomBytes } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CheckedFile, OnnxInput, OnnxOutput } from "../engine/index.ts";
import { innerLayers, type KerasConfig } from "../model/network.ts";
import { UserError } from "../protocol/index.ts";
import { IN_RUN, isAlive, readRecord } from "../runs/index.ts";
import { checkModel, copyModel } from "./copy-model.ts";
import { cannotWrite, checkPlace, takePlace } from "./export-place.ts";
import { kspecVersion } from "./kspec-version.ts";
import { readRecipe, type SavedRecipe } from "./saved-recipe.ts";
import { strangeLayers, tfjsReadme } from "./tfjs-readme.ts";

export type ExportFormat = "onnx" | "tfjs";

export interface ExportRequest {
  /** The run's folder. */
  readonly run: string;
  readonly to: ExportFormat;
  /** A file (onnx) or a folder (tfjs); absent: named after the model, in the working folder. */
  readonly out?: string;
  /** Whether what is there already may be replaced. Default false. */
  readonly force?: boolean;
}

export interface ExportedModel {
  /** Absolute path of what was written. */
  readonly file: string;
  readonly format: ExportFormat;
  readonly bytes: number;
  /** What an ONNX file takes and gives. */
  readonly inputs?: readonly OnnxInput[];
  readonly outputs?: readonly OnnxOutput[];
  /** ONNX Runtime has computed made-up rows with the file, and what came out is what the model says. */
  readonly checked?: CheckedFile;
  /** What whoever uses it should know. */
  readonly notes: readonly string[];
}

/**
 * Writes the model of a run for use elsewhere: "onnx" is one file with the preprocessing in it, "tfjs" a folder that
 * TensorFlow.js loads. What is written is whole or not there. Of a run that goes on it is the model of its last epoch.
 *
 * @throws UserError when the run has no model, the format cannot hold it, or the place cannot be written to.
 */
export async function exportModel({ run, to, out, force = false }: ExportRequest): Promise<ExportedModel> {
  const { recipe } = readRecipe(run);
  checkModel(run);
  const record = readRecord(run);
  const model = record?.spec.model ?? path.basename(run);
  const file = path.resolve(out ?? (to === "onnx" ? `${model}.onnx` : `${model}_tfjs`));
  await checkPlace(file, to, force);
  const draft = `${file}.${process.pid}-${randomBytes(3).toString("hex")}.part`;
  const task: Task = { run, name: record?.run ?? path.basename(run), model, recipe, draft };
  try {
    const made = await (to === "onnx" ? writeOnnx(task) : writeTfjs(task));
    await takePlace(draft, file);
    return { file, format: to, ...made };
  } catch (error) {
    throw cannotWrite(file, error);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

interface Task {
  readonly run: string;
  /** The run's id. */
  readonly name: string;
  readonly model: string;
  readonly recipe: SavedRecipe["recipe"];
  /** Where to write: it takes its name when it is whole. */
  readonly draft: string;
}

type Made = Omit<ExportedModel, "file" | "format">;

async function writeOnnx({ run, name, model, recipe, draft }: Task): Promise<Made> {
  const { checkFile, exportOnnx } = await import("../engine/index.ts");
  const copy = `${draft}.model`;
  try {
    // A run that goes on would change the model between writing the file and trying it.
    const alive = isAlive(run);
    if (alive) await copyModel(run, copy);
    const folder = alive ? copy : path.join(run, IN_RUN.model);
    const { bytes, inputs, outputs } = await exportOnnx(folder, recipe, {
      version: kspecVersion(),
      run: name,
      model,
    });
    const checked = await checkFile(bytes, folder, recipe);
    await writeFile(draft, bytes, { flush: true });
    const made = { bytes: bytes.length, inputs, outputs };
    return checked === null ? { ...made, notes: [UNTRIED] } : { ...made, checked, notes: [] };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const UNTRIED = "ONNX Runtime is left out, or has no library for this computer, so the file was not tried.";

async function writeTfjs({ run, model, recipe, draft }: Task): Promise<Made> {
  const { topology, weights } = await copyModel(run, draft);
  const { ONNX_MODEL, unlikeTensorFlowJs } = await import("../engine/index.ts");
  const config = topology["config"] as KerasConfig;
  const base = innerLayers(config).find(({ class_name }) => class_name === ONNX_MODEL);
  if (base !== undefined)
    throw new UserError(
      "cannot-export",
      `The model has a base from an .onnx file (${base.name ?? ONNX_MODEL}), which TensorFlow.js cannot compute. Export it with --to onnx.`,
    );
  const strange = unlikeTensorFlowJs(config);
  await writeFile(path.join(draft, "README.md"), tfjsReadme(model, recipe, strange));
  let { size: bytes } = await stat(path.join(draft, "model.json"));
  for (const { values } of weights.values()) bytes += values.byteLength;
  return { bytes, notes: strange.length === 0 ? [] : [strangeLayers(strange)] };
}
