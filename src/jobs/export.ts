import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CheckedFile, OnnxInput, OnnxOutput } from "../engine/index.ts";
import { innerLayers, type KerasConfig } from "../model/network.ts";
import { isUserError, UserError } from "../protocol/index.ts";
import { IN_RUN, readRecord } from "../runs/index.ts";
import { kspecVersion } from "./kspec-version.ts";
import { readRecipe } from "./saved-recipe.ts";
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
 * TensorFlow.js loads. What is written is whole or not there.
 *
 * @throws UserError when the run has no model, the format cannot hold it, or the place cannot be written to.
 */
export async function exportModel({ run, to, out, force = false }: ExportRequest): Promise<ExportedModel> {
  const { recipe } = readRecipe(run);
  const record = readRecord(run);
  const model = record?.spec.model ?? path.basename(run);
  const file = path.resolve(out ?? (to === "onnx" ? `${model}.onnx` : `${model}_tfjs`));
  await checkPlace(file, to, force);
  const folder = path.join(run, IN_RUN.model);
  const draft = `${file}.${process.pid}-${randomBytes(3).toString("hex")}.part`;
  try {
    if (to === "onnx") {
      const { checkFile, exportOnnx } = await import("../engine/index.ts");
      const origin = { version: kspecVersion(), run: record?.run ?? path.basename(run), model };
      const { bytes, inputs, outputs } = await exportOnnx(folder, recipe, origin);
      const checked = await checkFile(bytes, folder, recipe);
      await writeFile(draft, bytes, { flush: true });
      await rename(draft, file);
      const made = { file, format: to, bytes: bytes.length, inputs, outputs };
      return checked === null ? { ...made, notes: [UNCHECKED] } : { ...made, checked, notes: [] };
    }
    const { bytes, strange } = await copyModel(folder, draft);
    await writeFile(path.join(draft, "README.md"), tfjsReadme(model, recipe, strange));
    await replaceFolder(draft, file);
    return { file, format: to, bytes, notes: strange.length === 0 ? [] : [strangeLayers(strange)] };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw cannotWrite(file, error);
  }
}

const UNCHECKED = "ONNX Runtime is left out, or has no library for this computer, so the file was not tried.";

/** Nothing is overwritten by surprise, and a folder that is no exported model never. */
async function checkPlace(file: string, to: ExportFormat, force: boolean): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there === undefined) {
    if (!existsSync(path.dirname(file)))
      throw new UserError(
        "cannot-write",
        `The folder ${path.dirname(file)} does not exist. Make it, or choose another place.`,
      );
    return;
  }
  const isModel = to === "onnx" ? there.isFile() : existsSync(path.join(file, "model.json"));
  if (!isModel)
    throw new UserError(
      "file-exists",
      to === "onnx"
        ? `${file} is a folder, and an ONNX model is one file. Choose another name.`
        : `${file} is there already, and is no exported model. Choose another name.`,
    );
  if (!force)
    throw new UserError(
      "file-exists",
      `${file} is there already. Choose another name with --out, or replace it with --force.`,
    );
}

/**
 * Copies a model's folder, and reads the copy: while its run goes on, an epoch may end in between.
 *
 * @returns Its size in bytes, and the layers that TensorFlow.js by itself computes otherwise.
 */
async function copyModel(from: string, to: string): Promise<{ bytes: number; strange: string[] }> {
  await cp(from, to, { recursive: true, filter: (source) => !source.endsWith(".part") });
  const { readModelFiles } = await import("../model/tfjs-files.ts");
  const { ONNX_MODEL, unlikeTensorFlowJs } = await import("../engine/index.ts");
  const { topology, weights } = await readModelFiles(path.join(to, "model.json"));
  const config = topology["config"] as KerasConfig;
  const base = innerLayers(config).find(({ class_name }) => class_name === ONNX_MODEL);
  if (base !== undefined)
    throw new UserError(
      "cannot-export",
      `The model has a base from an .onnx file (${base.name ?? ONNX_MODEL}), which TensorFlow.js cannot compute. Export it with --to onnx.`,
    );
  let { size: bytes } = await stat(path.join(to, "model.json"));
  for (const { values } of weights.values()) bytes += values.byteLength;
  return { bytes, strange: unlikeTensorFlowJs(config) };
}

async function replaceFolder(draft: string, folder: string): Promise<void> {
  if (!existsSync(folder)) return rename(draft, folder);
  const old = `${folder}.${process.pid}.old`;
  await rename(folder, old);
  await rename(draft, folder);
  await rm(old, { recursive: true, force: true });
}

function cannotWrite(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (isUserError(error) || typeof code !== "string") return error;
  const why = REASONS[code] ?? `error ${code}`;
  return new UserError("cannot-write", `${file} cannot be written: ${why}. Choose another place.`, {
    cause: error,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOTDIR: "a part of its path is a file",
};
