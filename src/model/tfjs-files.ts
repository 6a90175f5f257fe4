import { createHash, randomBytes } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { copyFile, link, mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../protocol/index.ts";
import type { KerasConfig, WeightValues } from "./network.ts";

/** What a TensorFlow.js LayersModel's folder holds. */
export interface ModelFiles {
  /** `{ class_name, config, … }`. */
  readonly topology: KerasConfig;
  readonly weights: ReadonlyMap<string, WeightValues>;
  readonly metadata: unknown;
}

interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}
/** A file of weights, one after the other. */
export interface WeightsGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

/**
 * Reads a `model.json` and the weight files that it names, quantised weights included.
 *
 * @throws UserError when a file is missing, damaged, or of another format.
 */
export async function readModelFiles(file: string): Promise<ModelFiles> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT"
      ? new UserError(
          "model-missing",
          `There is no model at ${file}. Check the path: it starts at the spec's folder.`,
        )
      : new UserError("model-unreadable", `${file} cannot be read (${error.code ?? error.message}).`, {
          cause: error,
        });
  });
  const model = parse(file, text);
  const topology = modelTopology(file, model);
  const weights = new Map<string, WeightValues>();
  for (const group of (model["weightsManifest"] ?? []) as WeightsGroup[]) {
    const bytes = await readGroup(file, group);
    for (const [name, values] of decode(file, group, bytes)) weights.set(name, values);
  }
  return { topology, weights, metadata: model["userDefinedMetadata"] };
}

function parse(file: string, text: string): Record<string, unknown> {
  try {
    const model: unknown = JSON.parse(text);
    if (typeof model === "object" && model !== null) return model as Record<string, unknown>;
  } catch (error) {
    throw new UserError(
      "model-damaged",
      `${file} is no complete JSON file. Copy or convert the model again.`,
      { cause: error },
    );
  }
  throw new UserError("model-damaged", `${file} holds no model. Copy or convert the model again.`);
}

function modelTopology(file: string, model: Record<string, unknown>): KerasConfig {
  const stored = model["modelTopology"] as Record<string, unknown> | undefined;
  const topology = (stored?.["model_config"] ?? stored) as Record<string, unknown> | undefined;
  if (model["format"] === "graph-model" || (topology && Array.isArray(topology["node"])))
    throw new UserError(
      "model-format",
      `${file} is a TensorFlow.js graph model, which has no layers any more. Convert the Keras model with tensorflowjs_converter --output_format=tfjs_layers_model.`,
    );
  if (
    topology === undefined ||
    typeof topology["class_name"] !== "string" ||
    topology["config"] === undefined
  )
    throw new UserError(
      "model-format",
      `${file} is no TensorFlow.js layers model: it has no modelTopology. Convert the Keras model with tensorflowjs_converter --output_format=tfjs_layers_model.`,
    );
  // Keras 1 and 2.0 wrote a Sequential's layers as a bare list.
  const config = topology["config"];
  return { ...topology, config: Array.isArray(config) ? { name: "sequential", layers: config } : config };
}

async function readGroup(file: string, group: WeightsGroup): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const relative of group.paths) {
    const part = path.resolve(path.dirname(file), relative);
    if (!existsSync(part))
      throw new UserError(
        "weights-missing",
        `${file} needs the weights file ${relative} beside it, and it is not there. Copy the model's whole folder.`,
      );
    parts.push(await readFile(part));
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function* decode(file: string, group: WeightsGroup, bytes: Uint8Array): Generator<[string, WeightValues]> {
  let offset = 0;
  for (const spec of group.weights) {
    const length = spec.shape.reduce((a, b) => a * b, 1);
    const stored = spec.quantization?.dtype ?? spec.dtype;
    const width = BYTES[stored];
    if (width === undefined)
      throw new UserError(
        "model-format",
        `${file}: the weight ${spec.name} has the type ${stored}, which KSpec does not read. Convert the model with float32 weights.`,
      );
    if (offset + length * width > bytes.length)
      throw new UserError(
        "weights-damaged",
        `${group.paths.join(", ")} beside ${file} is shorter than its model says (${bytes.length} bytes). Copy the file again.`,
      );
    // A copy of its own: typed arrays must start at a multiple of their width.
    const start = bytes.byteOffset + offset;
    offset += length * width;
    yield [
      spec.name,
      { shape: spec.shape, ...values(spec, stored, bytes.buffer.slice(start, start + length * width)) },
    ];
  }
}

const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

function values(
  spec: WeightSpec,
  stored: string,
  buffer: ArrayBufferLike,
): Pick<WeightValues, "dtype" | "values"> {
  if (spec.quantization === undefined) {
    if (stored === "float32") return { dtype: "float32", values: new Float32Array(buffer) };
    if (stored === "int32") return { dtype: "int32", values: new Int32Array(buffer) };
    return { dtype: "bool", values: new Uint8Array(buffer) };
  }
  const { scale = 1, min = 0 } = spec.quantization;
  if (stored === "float16")
    return { dtype: "float32", values: Float32Array.from(new Uint16Array(buffer), fromHalf) };
  const codes = stored === "uint8" ? new Uint8Array(buffer) : new Uint16Array(buffer);
  return { dtype: "float32", values: Float32Array.from(codes, (code) => code * scale + min) };
}

/** IEEE 754 half precision. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Reads a file that {@link writeWeightFiles} wrote, and the weights of each of its files.
 *
 * @returns null when there is no such file.
 * @throws UserError when it, or a file that it names, is missing or damaged.
 */
export async function readWeightsFile<Header extends { readonly weightsManifest: readonly WeightsGroup[] }>(
  file: string,
): Promise<{ header: Header; groups: (readonly [name: string, values: WeightValues])[][] } | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new UserError("model-unreadable", `${file} cannot be read (${error.code ?? error.message}).`, {
      cause: error,
    });
  });
  if (text === null) return null;
  const header = parse(file, text) as unknown as Header;
  const groups: (readonly [string, WeightValues])[][] = [];
  for (const group of header.weightsManifest ?? [])
    groups.push([...decode(file, group, await readGroup(file, group))]);
  return { header, groups };
}

/** Weights that go into one file. */
export interface WeightFile {
  /** Ends in `.bin`. A name stands for its content: a file that is there already is not written again. */
  readonly name: string;
  readonly weights: readonly (readonly [name: string, values: WeightValues])[];
  /** A file that holds just this already: it is shared, as a link, where the disk can. */
  readonly source?: string;
}

/** A file whose name stands for what is in it. */
export function weightFile(kind: string, weights: WeightFile["weights"]): WeightFile {
  const hash = createHash("sha256");
  for (const [name, { values }] of weights)
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return { name: `${kind}-${hash.digest("hex").slice(0, 12)}.bin`, weights };
}

/**
 * Writes a layers model so that `folder` holds a complete one at every moment: weights under new names
 * first, then `model.json` in one atomic step, and only then are weight files that nothing names removed.
 */
export async function writeModelFiles(
  folder: string,
  topology: KerasConfig,
  files: readonly WeightFile[],
  metadata: unknown,
): Promise<void> {
  await writeWeightFiles(folder, "model.json", files, {
    format: "layers-model",
    generatedBy: "KSpec",
    convertedBy: null,
    modelTopology: topology,
    userDefinedMetadata: metadata,
  });
}

/**
 * Writes weights and a JSON file that lists them, in such an order that `folder` holds a complete set at every moment: weights under
 * new names first, then the JSON file in one atomic step, and only then are weight files that nothing names removed.
 *
 * @param index Name of the JSON file.
 * @param header What else it says.
 */
export async function writeWeightFiles(
  folder: string,
  index: string,
  files: readonly WeightFile[],
  header: object,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    const target = path.join(folder, file.name);
    if (existsSync(target)) continue;
    if (file.source !== undefined && (await shared(file.source, target))) continue;
    await writeWhole(
      target,
      file.weights.map(
        ([, { values }]) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      ),
    );
  }
  const listed = {
    ...header,
    weightsManifest: files.map((file) => ({
      paths: [file.name],
      weights: file.weights.map(([name, { shape, dtype }]) => ({ name, shape, dtype })),
    })),
  };
  await writeWhole(path.join(folder, index), [Buffer.from(JSON.stringify(listed))]);
  const named = new Set(files.map((file) => file.name));
  for (const entry of await readdir(folder))
    if (entry.endsWith(".bin") && !named.has(entry)) await unlink(path.join(folder, entry));
}

/** The file by another name, or a copy of it where the disks differ; false: neither could be made. */
async function shared(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch {
    const partial = partialName(target);
    try {
      await copyFile(source, partial, constants.COPYFILE_FICLONE);
      await rename(partial, target);
      return true;
    } catch {
      await unlink(partial).catch(() => undefined);
      return false;
    }
  }
}

function partialName(target: string): string {
  return `${target}.${process.pid}-${randomBytes(3).toString("hex")}.part`;
}

/** All of a file or nothing: written beside it, forced to the disk, then renamed. */
async function writeWhole(target: string, parts: readonly Uint8Array[]): Promise<void> {
  const partial = partialName(target);
  const handle = await open(partial, "w");
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await unlink(partial).catch(() => undefined);
    throw error;
  }
  await handle.close();
  await rename(partial, target);
}
