import { readFileSync, openSync, readSync, closeSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { UserError } from "../../protocol/index.ts";
import type { KerasConfig, WeightValues } from "../network.ts";
import { checkConfig } from "./check-config.ts";
import { openH5 } from "./h5-file.ts";
import { isKeras1, fromKeras1 } from "./keras1-config.ts";
import { toKeras2 } from "./keras3-config.ts";
import { readWeights, type Wanting } from "./read-weights.ts";

/** A whole model in a file of Keras's. */
export interface KerasModelFile {
  /** "Functional" or "Sequential". */
  readonly class_name: string;
  /** In Keras 2's form, which TensorFlow.js reads. */
  readonly config: KerasConfig;
  /** The weights, for the network that was built from the configuration. */
  weights(network: Wanting): Promise<Map<string, WeightValues>>;
}

/**
 * Reads a model that Keras saved: `.keras` (Keras 3, TensorFlow 2.12 and later) or HDF5 (Keras 1, 2 and 3).
 *
 * @throws UserError when it is missing, damaged, of another format, or holds weights only.
 */
export async function readKerasModel(file: string): Promise<KerasModelFile> {
  return isZip(file) ? readArchive(file) : readH5Model(file);
}

async function readH5Model(file: string): Promise<KerasModelFile> {
  const h5 = await openH5(file);
  let text: unknown, version: unknown;
  try {
    text = h5.attribute("/", "model_config");
    version = h5.attribute("/", "keras_version") ?? h5.attribute("/model_weights", "keras_version");
  } finally {
    h5.close();
  }
  if (typeof text !== "string")
    throw new UserError(
      "weights-only",
      `${file} holds weights and no model. Save the whole model with Keras (model.save("${path.parse(file).name}.keras")); the weights of one of Keras's applications are given with applications.…({ weights: "${path.basename(file)}" }).`,
    );
  return { ...described(file, text, version), weights: (network) => readWeights(file, network) };
}

function readArchive(file: string): KerasModelFile {
  const entries = unzip(file);
  const config = entries["config.json"];
  const weights = entries["model.weights.h5"];
  if (config === undefined || weights === undefined)
    throw new UserError(
      "model-format",
      `${file} is a zip file, and not one of Keras's: it has no ${config === undefined ? "config.json" : "model.weights.h5"}. Save the model with Keras: model.save("${path.parse(file).name}.keras").`,
    );
  const text = new TextDecoder().decode(config);
  const version = /"keras_version":\s*"([\d.]+)"/.exec(
    new TextDecoder().decode(entries["metadata.json"] ?? new Uint8Array(0)),
  );
  return {
    ...described(file, text, version?.[1] ?? "3"),
    weights: (network) => readWeights(weights, network, file),
  };
}

const WANTED = new Set(["metadata.json", "config.json", "model.weights.h5"]);
const MOST_BYTES = 2 ** 32;

function unzip(file: string): Record<string, Uint8Array> {
  try {
    return unzipSync(readFileSync(file), {
      filter: ({ name, originalSize, size }) => {
        if (!WANTED.has(name)) return false;
        if (originalSize > MOST_BYTES || originalSize > size * 1100) throw new Error(`${name} is enormous`);
        return true;
      },
    });
  } catch (error) {
    throw new UserError(
      "model-damaged",
      `${file} is no complete zip file. Copy, download or save it again.`,
      { cause: error },
    );
  }
}

function described(file: string, text: string, version: unknown) {
  let model: { class_name?: unknown; config?: unknown };
  try {
    model = JSON.parse(text) as typeof model;
  } catch (error) {
    throw new UserError(
      "model-damaged",
      `${file} is damaged: what describes its model is no complete JSON. Copy, download or save it again.`,
      { cause: error },
    );
  }
  const { class_name, config } = model ?? {};
  if (typeof class_name !== "string" || typeof config !== "object" || config === null)
    throw new UserError("model-format", `${file} describes no model. Save it with Keras again.`);
  if (!["Functional", "Model", "Sequential"].includes(class_name))
    throw new UserError(
      "model-format",
      `${file} holds a ${class_name}, a class of its author's, which only its own Python code can build. Save a Functional or Sequential model of its layers.`,
    );
  // Keras 1 and 2.0 wrote a Sequential's layers as a bare list.
  const whole = (Array.isArray(config) ? { name: "sequential", layers: config } : config) as KerasConfig;
  if (!Array.isArray(whole["layers"]))
    throw new UserError(
      "model-format",
      `${file} describes a model without layers. Save it with Keras again.`,
    );
  try {
    const keras2 = isKeras1(version)
      ? fromKeras1(whole, file)
      : toKeras2(whole, { file, keras3: /^[3-9]/.test(String(version)) });
    checkConfig(keras2, file);
    return { class_name: class_name === "Model" ? "Functional" : class_name, config: keras2 };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      "model-damaged",
      `${file} is damaged: its model's description is not as Keras writes it. Copy, download or save it again.`,
      { cause: error },
    );
  }
}

function isZip(file: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "ENOENT"
      ? new UserError(
          "model-missing",
          `There is no model at ${file}. Check the path: it starts at the spec's folder.`,
        )
      : new UserError("unreadable-file", `${file} cannot be read (${code}).`, { cause: error });
  }
  try {
    const start = Buffer.alloc(4);
    readSync(descriptor, start, 0, 4, 0);
    return start.toString("latin1") === "PK\u0003\u0004";
  } catch (error) {
    throw new UserError("unreadable-file", `${file} cannot be read.`, { cause: error });
  } finally {
    closeSync(descriptor);
  }
}
