import type { Baked } from "../data/baked.ts";
import type { ModelDescription } from "../kspec/description.ts";
import { assembleNetwork, type Wired } from "../model/assemble.ts";
import type { Network } from "../model/network.ts";
import { checkBaseInputs } from "./base-inputs.ts";
import { basesOf, loadBases } from "./bases.ts";
import type { FitJob } from "./contract.ts";
import type { InputPlan } from "./inputs.ts";
import type { BasesAtHand } from "./preloaded-bases.ts";
import { wireBlocks } from "./wire-blocks.ts";

/**
 * Runs the blocks, reads the bases, and gives the network as data.
 *
 * @throws UserError for blocks that do not fit together, and for a base that cannot be read.
 */
export async function describeNetwork({
  model,
  train,
  specFolder,
  preloaded,
}: Pick<FitJob, "model" | "train" | "specFolder" | "preloaded">): Promise<Network> {
  return networkOf(wireModel(model, train), specFolder, preloaded);
}

/** Runs the blocks of a model for data of these shapes and classes; reads nothing. */
export function wireModel(
  model: ModelDescription,
  { inputs, outcomes }: Pick<Baked, "inputs" | "outcomes">,
): Wired {
  return wireBlocks(model, {
    inputs: new Map([...inputs].map(([name, { shape }]) => [name, shape])),
    outcomes: new Map(
      [...outcomes].map(([name, outcome]) => [name, outcome.kind === "nominal" ? outcome.levels : null]),
    ),
  });
}

/** The network that blocks make, once its bases are read. */
export async function networkOf(wired: Wired, specFolder: string, atHand?: BasesAtHand): Promise<Network> {
  const tensors = wired.outputs.map(({ tensor }) => tensor);
  checkBaseInputs(tensors, wired.blockOf);
  return assembleNetwork(wired, await loadBases(basesOf(tensors), specFolder, atHand));
}

/** What each input of a network reads, in its order. */
export function inputPlans(network: Network): InputPlan[] {
  return network.inputs.map(({ column, layer }) => ({ column, shape: inputShape(network, layer) }));
}

/** Which input of the network a layer is; null: none. */
export function inputNumber(network: Network, layer: string): number | null {
  const found = network.inputs.findIndex((input) => input.layer === layer);
  return found < 0 ? null : found;
}

/** Of one row of an input layer; null is any length. */
export function inputShape(network: Network, layer: string): readonly (number | null)[] {
  const { config } = network.layers.find(({ name }) => name === layer)!;
  return (config["batch_input_shape"] as (number | null)[]).slice(1);
}
