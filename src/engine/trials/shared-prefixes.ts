import { createHash } from "node:crypto";
import type { Network, WeightValues } from "../../model/network.ts";
import { FrozenPrefix, type PrefixJob } from "../features.ts";
import { hasWeights } from "../prefix.ts";

/** A frozen prefix that several trials have. */
export interface SharedPrefix {
  /** The same for trials whose features are the same, within this process. */
  readonly key: string;
  readonly prefix: FrozenPrefix;
  /** Some of its weights come from no file: they are drawn by the trial's seed, and so its features are. */
  readonly drawn: boolean;
}

/** Prefixes that stay open: a grid over bases has a few. */
const KEPT = 6;

/** Frozen prefixes of the trials so far, each opened once. */
export class SharedPrefixes {
  /** Most recently used last. */
  readonly #open = new Map<string, Promise<FrozenPrefix>>();
  readonly #weights = new Numbered<WeightValues>();
  readonly #described = new WeakMap<Network, { readonly text: string; readonly drawn: boolean }>();

  /** @throws UserError as `FrozenPrefix.open` does. */
  async of(job: PrefixJob): Promise<SharedPrefix> {
    const { key, drawn } = this.#key(job);
    const known = this.#open.get(key);
    const opening = known ?? FrozenPrefix.open(job);
    this.#open.delete(key);
    this.#open.set(key, opening);
    try {
      const prefix = await opening;
      await this.#letGo();
      return { key, prefix, drawn };
    } catch (error) {
      this.#open.delete(key);
      throw error;
    }
  }

  async #letGo(): Promise<void> {
    for (const [key, opening] of [...this.#open].slice(0, -KEPT)) {
      this.#open.delete(key);
      await (await opening).rest();
    }
  }

  async dispose(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const opening of all) await (await opening).rest();
  }

  /** All that its features depend on. */
  #key({ network, inputs, columns, engine, seed }: PrefixJob): Pick<SharedPrefix, "key" | "drawn"> {
    let known = this.#described.get(network);
    if (known === undefined) {
      known = {
        text: this.#describe(network),
        drawn: network.layers.some((layer) => layer.weights === undefined && hasWeights(layer)),
      };
      this.#described.set(network, known);
    }
    const shapes = columns.map(({ shape }) => shape);
    const { text, drawn } = known;
    return { key: `${text} ${JSON.stringify([inputs, shapes, engine, drawn ? seed : null])}`, drawn };
  }

  /** Weights are told apart by who holds them, since a base is read once. */
  #describe({ layers, inputs, outputs }: Network): string {
    const described = layers.map(({ name, class_name, config, calls, weightsKey, weights }) => [
      name,
      class_name,
      config,
      calls,
      weightsKey ?? [...(weights ?? [])].map(([weight, values]) => [weight, this.#weights.of(values)]),
    ]);
    return createHash("sha256")
      .update(JSON.stringify([described, inputs, outputs]))
      .digest("hex");
  }
}

/** A number for each object, the same as long as it lives. */
class Numbered<Thing extends object> {
  readonly #numbers = new WeakMap<Thing, number>();
  #last = 0;

  of(thing: Thing): number {
    let number = this.#numbers.get(thing);
    if (number === undefined) this.#numbers.set(thing, (number = ++this.#last));
    return number;
  }
}
