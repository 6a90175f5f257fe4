import type { Baked } from "../../data/baked.ts";
import type { FrozenPrefix } from "../features.ts";
import { inputNumber } from "../describe-network.ts";
import { inputColumns, plainColumns } from "../inputs.ts";
import type { KeptFeed } from "../native/thread.ts";
import { headInputs, rowSets, type RowSet } from "../prepare-examples.ts";
import { sizeOf, type Rows } from "../rows.ts";
import { rowWeights, truthOf, type OutputPlan } from "../targets.ts";
import { ownEntries, type ExamplesBorder } from "../training/choose-trainer.ts";
import { isStreamed, type Examples, type StreamedRows } from "../training/examples.ts";
import { KeptTensors } from "./kept-tensors.ts";
import type { KnownNetwork } from "./known-networks.ts";
import type { Held, MemoryBudget } from "./memory-budget.ts";
import type { SharedPrefix } from "./shared-prefixes.ts";

/** What the head takes of some rows, here and with ONNX Runtime's thread, for all trials that have them. */
export class TrialRows implements Held {
  readonly rows: number;
  readonly inputs: readonly (Rows | StreamedRows)[];
  readonly #set: RowSet;
  readonly #views: readonly number[];
  readonly #tensors = new KeptTensors();
  readonly #examples = new Map<string, Examples>();
  readonly #forget: () => void;
  #released = false;

  constructor(
    set: RowSet,
    taken: { readonly inputs: readonly (Rows | StreamedRows)[]; readonly views: readonly number[] },
    forget: () => void,
  ) {
    this.rows = set.rows;
    this.inputs = taken.inputs;
    this.#set = set;
    this.#views = taken.views;
    this.#forget = forget;
  }

  get bytes(): number {
    const here = this.inputs.reduce((sum, one) => sum + (isStreamed(one) ? 0 : one.values.byteLength), 0);
    return here + this.#tensors.bytes;
  }

  get streamed(): boolean {
    return this.inputs.some(isStreamed);
  }

  /** How they come into a graph. */
  border(classWeight: unknown): ExamplesBorder {
    return {
      weighted: classWeight !== undefined || this.#set.weights !== undefined,
      ownEntries: ownEntries({ inputs: this.inputs, views: this.#views }),
    };
  }

  /**
   * With what is to be learnt.
   *
   * @param classWeight `fit_class_weight`; undefined for rows that are validated on, whose own weights alone count.
   * @param key Stands for plans and class weights.
   */
  examples(plans: readonly OutputPlan[], classWeight: unknown, key: string): Examples {
    let examples = this.#examples.get(key);
    if (examples === undefined) {
      const { outcomes, weights } = this.#set;
      examples = {
        rows: this.rows,
        inputs: this.inputs,
        views: this.#views,
        truths: plans.map((plan) => truthOf(plan, outcomes, this.rows)),
        weights: rowWeights(classWeight, weights, plans, outcomes),
      };
      this.#examples.set(key, examples);
    }
    return examples;
  }

  /** Those of these ports that are of rows, held for the caller. `key` is that of the examples. */
  async feeds(
    ports: readonly { readonly name: string }[],
    key: string,
    { truths, weights }: Pick<Examples, "truths" | "weights">,
  ): Promise<KeptFeed[]> {
    const feeds: KeptFeed[] = [];
    for (const { name } of ports) {
      const [kind, number] = name.split(" ");
      const rows =
        kind === "input"
          ? this.inputs[Number(number)]!
          : kind === "truth"
            ? truths[Number(number)]!
            : name === "row weights"
              ? { shape: [], values: weights! }
              : undefined;
      if (rows === undefined || isStreamed(rows)) continue;
      const { shape, values } = rows;
      const kept = await this.#tensors.hold(
        kind === "input" ? name : `${name} ${key}`,
        [values.length / sizeOf(shape), ...shape],
        // A copy, which is given away.
        () => values.slice(),
      );
      feeds.push([name, kept]);
    }
    // Trials that ended while a tensor was on its way leave none behind.
    if (this.#released) this.#tensors.release();
    return feeds;
  }

  release(): void {
    this.#released = true;
    this.#tensors.release();
    this.#forget();
  }
}

/** Rows of folds as heads take them, which candidates with the same frozen prefix have in common. */
export class SharedRows {
  readonly #known = new WeakMap<Baked, Map<string, Promise<TrialRows>>>();
  readonly #budget: MemoryBudget;
  readonly #memory: number;

  /** @param memory Bytes that one set of rows may take; what is larger is read anew in every epoch. */
  constructor(budget: MemoryBudget, memory: number) {
    this.#budget = budget;
    this.#memory = memory;
  }

  /** The rows to learn from and those to validate on, with their random variants and without. */
  async analysis(
    rows: Baked,
    known: KnownNetwork,
    prefix: SharedPrefix | null,
    validationSplit: number,
    signal: AbortSignal | undefined,
  ): Promise<[TrialRows, TrialRows | null]> {
    let sets: [RowSet, RowSet | null] | undefined;
    const set = () => (sets ??= rowSets({ train: rows }, known.inputs, { validationSplit }));
    const key = `learnt ${validationSplit}`;
    const learnt = await this.#rows(rows, key, () => set()[0], known, prefix, signal);
    if (validationSplit === 0) return [learnt, null];
    const held = `held ${validationSplit}`;
    return [learnt, await this.#rows(rows, held, () => set()[1]!, known, prefix, signal)];
  }

  /** Rows that are predicted. */
  assessment(
    rows: Baked,
    known: KnownNetwork,
    prefix: SharedPrefix | null,
    signal: AbortSignal | undefined,
  ): Promise<TrialRows> {
    const set = (): RowSet => ({
      rows: rows.rows,
      columns: plainColumns(inputColumns(known.inputs, rows)),
      outcomes: rows.outcomes,
      weights: undefined,
    });
    return this.#rows(rows, "assessed", set, known, prefix, signal);
  }

  async #rows(
    baked: Baked,
    what: string,
    set: () => RowSet,
    { network, parts, inputs }: KnownNetwork,
    prefix: SharedPrefix | null,
    signal: AbortSignal | undefined,
  ): Promise<TrialRows> {
    const all = this.#known.get(baked) ?? new Map<string, Promise<TrialRows>>();
    this.#known.set(baked, all);
    const taken = parts.features.map(({ layer }) => inputNumber(network, layer));
    const key = JSON.stringify([what, prefix?.key, taken, inputs]);
    let making = all.get(key);
    if (making === undefined) {
      making = this.#make(set(), { network, parts, prefix: prefix?.prefix ?? null }, signal, () =>
        all.delete(key),
      );
      all.set(key, making);
    }
    try {
      const rows = await making;
      this.#budget.use(rows);
      return rows;
    } catch (error) {
      all.delete(key);
      throw error;
    }
  }

  async #make(
    set: RowSet,
    source: Pick<KnownNetwork, "network" | "parts"> & { readonly prefix: FrozenPrefix | null },
    signal: AbortSignal | undefined,
    forget: () => void,
  ): Promise<TrialRows> {
    const taken = await headInputs(set, source, this.#memory, {
      features: () => undefined,
      load: () => undefined,
      signal,
    });
    const rows = new TrialRows(set, taken, forget);
    // Where epochs take features from the cache it stays at hand.
    if (!rows.streamed) await source.prefix?.rest();
    return rows;
  }
}
