import { existsSync } from "node:fs";
import path from "node:path";
import { fingerprint } from "../data/fingerprint.ts";
import { fileHashes } from "../data/file-hash.ts";
import { fetchKerasFile } from "../data/fetch-file.ts";
import { kerasHome, mirrorList, type KerasPlaces } from "../data/keras-files.ts";
import type { ApplicationSource } from "../kspec/description.ts";
import { buildApplication } from "../model/applications/registry.ts";
import { applicationWeights } from "../model/applications/weight-files.ts";
import type { LoadedBase } from "../model/assemble.ts";
import { readWeights } from "../model/weights/read-weights.ts";
import { UserError } from "../protocol/index.ts";
import { findKeptWeights, keepWeights } from "./kept-weights.ts";

/**
 * One of Keras's pretrained networks with its weights. With `weights: null` there are none, and they are drawn when the
 * network is built.
 *
 * @throws UserError for options that Keras refuses, and for a weights file that is missing, damaged or of another network.
 */
export async function loadApplication(
  source: ApplicationSource,
  specFolder: string,
  places: KerasPlaces = {},
): Promise<LoadedBase> {
  const network = buildApplication(source);
  const { class_name, config } = network;
  const file = await applicationFile(source, specFolder, places);
  if (file === null) return { class_name, config, weights: new Map() };
  const { sha256 } = await fileHashes(file, ["sha256"]);
  const key = fingerprint("weights 1", source.name, source.options, sha256);
  const kept = await findKeptWeights(key);
  if (kept !== undefined) return { class_name, config, ...kept };
  const weights = await readWeights(file, network);
  return { class_name, config, ...((await keepWeights(key, weights)) ?? { weights }) };
}

/**
 * The path of an application's weights file, downloaded if need be; null with `weights: null`.
 *
 * @throws UserError when it cannot be had: which file, where it was looked for, and what to do.
 */
export async function applicationFile(
  source: ApplicationSource,
  specFolder: string,
  places: KerasPlaces = {},
): Promise<string | null> {
  const weights = source.options["weights"] ?? (source.options["weights"] === null ? null : "imagenet");
  if (weights === null) return null;
  if (weights !== "imagenet") {
    const file = path.resolve(specFolder, String(weights));
    if (existsSync(file)) return file;
    throw new UserError(
      "weights-missing",
      `applications.${source.name}({ weights: "${String(weights)}" }): there is no file ${file}. Paths start at the spec's folder.`,
    );
  }
  const wanted = applicationWeights(source);
  if (wanted === undefined) throw new Error(`Nobody knows the weights file of ${source.name}.`);
  // Its hash takes a while, and is computed once in a process.
  const key = JSON.stringify([wanted.name, kerasHome(places), mirrorList(places)]);
  const known = checked.get(key);
  if (known !== undefined && existsSync(known)) return known;
  try {
    const file = await fetchKerasFile({ kind: "models", ...wanted }, places);
    checked.set(key, file);
    return file;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      error.code,
      `applications.${source.name} needs its weights. ${error.message} A base that comes with KSpec and needs no file: load_model("kspec:digits_base").`,
      { cause: error },
    );
  }
}

const checked = new Map<string, string>();
