import { existsSync } from "node:fs";
import type { KerasPlaces } from "../data/keras-files.ts";
import type {
  BaseDescription,
  BlockFunction,
  ModelDescription,
  SequentialDescription,
  TensorDescription,
  WiredBlock,
} from "../kspec/description.ts";
import { sequential } from "../kspec/sequential.ts";
import { buildApplication } from "../model/applications/registry.ts";
import { UserError } from "../protocol/index.ts";
import { applicationFile } from "./application-base.ts";
import { PreloadedBases } from "./preloaded-bases.ts";
import { baseFile, basesOf } from "./bases.ts";

/**
 * Gets the files that a model's bases need, before any data are read: weights of applications are downloaded.
 *
 * @returns those of applications, which are being read from then on, beside whatever comes next.
 * @throws UserError for the first that cannot be had: which file, where it was looked for, and what to do; and for options
 *   that an application does not take.
 */
export async function preflight(
  model: ModelDescription,
  specFolder: string,
  places: KerasPlaces = {},
): Promise<PreloadedBases> {
  return new PreloadedBases(await fetchBases(model, specFolder, places), specFolder, places);
}

/** The same, and nothing is read yet. */
export async function fetchBases(
  model: ModelDescription,
  specFolder: string,
  places: KerasPlaces = {},
): Promise<ReadonlySet<BaseDescription>> {
  const bases = basesMentioned(model);
  for (const base of bases) await checkBase(base, specFolder, places);
  return bases;
}

async function checkBase(
  { source }: BaseDescription,
  specFolder: string,
  places: KerasPlaces,
): Promise<void> {
  if (source.from === "application") {
    buildApplication(source);
    await applicationFile(source, specFolder, places);
    return;
  }
  const file = baseFile(source.path, specFolder);
  if (!existsSync(file))
    throw new UserError(
      "model-missing",
      `load_model("${source.path}"): there is no model at ${file}. Paths start at the spec's folder (${specFolder}).`,
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
  for (const base of basesOf(tensors).keys()) bases.add(base);
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
