import { assembleNetwork } from "../model/assemble.ts";
import type { Network } from "../model/network.ts";
import { checkBaseInputs } from "./base-inputs.ts";
import { basesOf, loadBases } from "./bases.ts";
import type { FitJob } from "./contract.ts";
import type { InputPlan } from "./inputs.ts";
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
  const wired = wireBlocks(model, {
    inputs: new Map([...train.inputs].map(([name, { shape }]) => [name, shape])),
    outcomes: new Map(
      [...train.outcomes].map(([name, outcome]) => [
        name,
        outcome.kind === "nominal" ? outcome.levels : null,
      ]),
    ),
  });
  checkBaseInputs(
    wired.outputs.map(({ tensor }) => tensor),
    wired.blockOf,
  );
  const bases = await loadBases(basesOf(wired.outputs.map(({ tensor }) => tensor)), specFolder, preloaded);
  return assembleNetwork(wired, bases);
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
