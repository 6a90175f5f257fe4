import { existsSync } from "node:fs";
import path from "node:path";
import { findKerasFile, kerasHome, type KerasPlaces } from "../data/keras-files.ts";
import type {
  ApplicationSource,
  BaseDescription,
  BlockFunction,
  ModelDescription,
  SequentialDescription,
  TensorDescription,
  WiredBlock,
} from "../kspec/description.ts";
import { sequential } from "../kspec/sequential.ts";
import { applicationWeights } from "../model/applications/weight-files.ts";
import { UserError } from "../protocol/index.ts";
import { baseFile, basesOf } from "./bases.ts";

/**
 * Looks whether the files that a model's bases need are there, before any data are read.
 *
 * @throws UserError for the first that is not: which file, where it was looked for, and what to do.
 */
export async function preflight(
  model: ModelDescription,
  specFolder: string,
  places: KerasPlaces = {},
): Promise<void> {
  for (const base of basesMentioned(model)) await checkBase(base, specFolder, places);
}

async function checkBase(
  { source }: BaseDescription,
  specFolder: string,
  places: KerasPlaces,
): Promise<void> {
  if (source.from === "application") {
    await checkApplication(source, specFolder, places);
    throw applicationUnavailable(source);
  }
  const file = baseFile(source.path, specFolder);
  if (!existsSync(file))
    throw new UserError(
      "model-missing",
      `load_model("${source.path}"): there is no model at ${file}. Paths start at the spec's folder (${specFolder}).`,
    );
}

async function checkApplication(
  source: ApplicationSource,
  specFolder: string,
  places: KerasPlaces,
): Promise<void> {
  const weights = source.options["weights"];
  if (weights === null) return;
  if (typeof weights === "string" && weights !== "imagenet") {
    const file = path.resolve(specFolder, weights);
    if (existsSync(file)) return;
    throw new UserError(
      "weights-missing",
      `applications.${source.name}({ weights: "${weights}" }): there is no file ${file}. Paths start at the spec's folder.`,
    );
  }
  const wanted = applicationWeights(source);
  if (wanted === undefined) return;
  const found = await findKerasFile({ kind: "models", ...wanted }, places);
  if (found.path !== undefined) return;
  const folder = path.join(kerasHome(places), "models");
  throw new UserError(
    "weights-missing",
    `applications.${source.name} needs the weights file ${wanted.name}, and it is not on this computer. ` +
      `It was looked for in ${found.looked.join(", ")}. ` +
      `Download ${wanted.url} and put it into ${folder}; or set KSPEC_MIRROR (or the setting kspec.mirrors) to a folder that has models/${wanted.name}. ` +
      `A base that comes with KSpec and needs no file: load_model("kspec:digits_base").`,
  );
}

/** What is said of an application whose files are all there. */
export function applicationUnavailable({ name }: ApplicationSource): UserError {
  return new UserError(
    "applications-later",
    `applications.${name} cannot be built by this version of KSpec yet: pretrained applications come with a later one. ` +
      `Use load_model("kspec:digits_base"), or load_model with the model.json of a base that you converted to TensorFlow.js.`,
  );
}

/**
 * Bases that the blocks make when they are run with stand-ins for tensors and shapes. Blocks only describe, so running
 * them costs nothing; one that fails on a stand-in is passed over here and heard when the network is built.
 */
function basesMentioned(model: ModelDescription): Set<BaseDescription> {
  const blocks = Object.entries(model.spec.layer_blocks);
  const tensor: TensorDescription = {
    kind: "tensor",
    layer: { kind: "layer", class_name: "InputLayer", config: { shape: [null] }, trainable: true },
    inputs: [],
  };
  const tensors: TensorDescription[] = [];
  const bases = new Set<BaseDescription>();
  for (const [name, block] of blocks) {
    if (model.arguments[`num_${name}`] === 0) continue;
    const fn = isWired(block) ? block.block : block;
    const upstream = isWired(block) && typeof block.upstream === "object" ? Object.keys(block.upstream) : [];
    const own = Object.entries(model.arguments)
      .filter(([key]) => key.startsWith(`${name}_`))
      .map(([key, value]) => [key.slice(name.length + 1), value] as const);
    const standIns = ["tensor", ...blocks.map(([other]) => other), ...upstream];
    for (const argument of fn.block_arguments ?? [])
      if (argument.type === "tensor") standIns.push(argument.name);
    const result = attempt(fn, {
      ...Object.fromEntries(standIns.map((key) => [key, tensor])),
      ...Object.fromEntries(own),
      input_shape: [32, 32, 3],
      num_classes: 2,
      model: sequential(),
    });
    if (result?.kind === "tensor") tensors.push(result);
    else for (const layer of result?.layers ?? []) if (layer.kind === "base") bases.add(layer);
  }
  for (const base of basesOf(tensors)) bases.add(base);
  return bases;
}

function attempt(fn: BlockFunction, argument: object): TensorDescription | SequentialDescription | undefined {
  try {
    const result = (fn as (argument: object) => unknown)(argument) as
      TensorDescription | SequentialDescription | undefined;
    return result?.kind === "tensor" || result?.kind === "sequential" ? result : undefined;
  } catch {
    return undefined;
  }
}

function isWired(block: BlockFunction | WiredBlock): block is WiredBlock {
  return typeof block === "object";
}
