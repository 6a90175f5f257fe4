import type { Baked } from "../../data/baked.ts";
import type { ModelDescription } from "../../kspec/description.ts";
import type { Network } from "../../model/network.ts";
import { inputPlans, networkOf, wireModel } from "../describe-network.ts";
import { flatten, type FlatNetwork } from "../flatten.ts";
import type { InputPlan } from "../inputs.ts";
import type { BasesAtHand } from "../preloaded-bases.ts";
import { splitOffFrozen, type Parts } from "../prefix.ts";
import { wiringSignature } from "./wiring-signature.ts";

/** A network that candidates have in common, cut into its frozen prefix and what is trained. */
export interface KnownNetwork {
  /** The same for candidates with the same network; undefined where nobody can tell. */
  readonly signature: string | undefined;
  readonly network: Network;
  readonly flat: FlatNetwork;
  readonly parts: Parts;
  readonly inputs: readonly InputPlan[];
}

/** Networks that may come again: candidates differ more often in how they are trained than in what. */
const KEPT = 64;

/** The networks of the trials so far. Blocks are run for every trial; what they describe is worked out once. */
export class KnownNetworks {
  /** Most recently used last. */
  readonly #known = new Map<string, Promise<KnownNetwork>>();
  readonly #specFolder: string;
  readonly #bases: BasesAtHand;

  constructor(specFolder: string, bases: BasesAtHand) {
    this.#specFolder = specFolder;
    this.#bases = bases;
  }

  /** @throws UserError as `describeNetwork` does, and when nothing is left to train. */
  async of(model: ModelDescription, rows: Baked): Promise<KnownNetwork> {
    const wired = wireModel(model, rows);
    const wiring = wiringSignature(wired);
    // An input of any length makes features of any length.
    const shapes = [...rows.inputs].map(([name, { shape }]) => [name, shape]);
    const signature = wiring === undefined ? undefined : `${wiring} ${JSON.stringify(shapes)}`;
    const known = signature === undefined ? undefined : this.#known.get(signature);
    const describing =
      known ??
      networkOf(wired, this.#specFolder, this.#bases).then((network): KnownNetwork => {
        const flat = flatten(network);
        return { signature, network, flat, parts: splitOffFrozen(flat), inputs: inputPlans(network) };
      });
    if (signature === undefined) return describing;
    this.#known.delete(signature);
    this.#known.set(signature, describing);
    for (const old of [...this.#known.keys()].slice(0, -KEPT)) this.#known.delete(old);
    try {
      return await describing;
    } catch (error) {
      this.#known.delete(signature);
      throw error;
    }
  }
}
