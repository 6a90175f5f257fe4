import type { InputColumn } from "../data/baked.ts";
import { roomFor } from "../data/room-for.ts";
import type { EngineName } from "../kspec/description.ts";
import type { Network, WeightValues } from "../model/network.ts";
import { UserError } from "../protocol/index.ts";
import { onTensorFlow, type Computed } from "./compute.ts";
import type { FitListener } from "./contract.ts";
import { featureKey } from "./feature-key.ts";
import type { FeatureStore, Shelf } from "./feature-store/contract.ts";
import { heardLater } from "./heard-later.ts";
import { digestEntries, readEntries, viewsOf, type InputPlan } from "./inputs.ts";
import { COMPARED, computeNatively } from "./native/compute-natively.ts";
import { chosenDevice } from "./native/device.ts";
import { weightsByName, writeGraph } from "./native/export.ts";
import { graphOfNetwork } from "./native/keras-graph.ts";
import { loadRuntime } from "./native/runtime.ts";
import { ONNX_MODEL } from "./onnx-base/index.ts";
import { hasWeights } from "./prefix.ts";
import { realise, type Realised } from "./realise.ts";
import { breathe, sizeOf, slice, type Rows } from "./rows.ts";
import { tf } from "./tensorflow/index.ts";

/** What a frozen prefix needs to compute. */
export interface PrefixJob {
  /** Raw inputs → features, as `splitOffFrozen` cuts it off. */
  readonly network: Network;
  /** All that the whole network reads, and a column for each. */
  readonly inputs: readonly InputPlan[];
  readonly columns: readonly InputColumn[];
  readonly engine: EngineName;
  /** Name of the backend of TensorFlow.js, where that computes. */
  readonly backend: string;
  /** For weights that come from no file. */
  readonly seed: number;
  /** Where features are kept; null: nowhere. */
  readonly store: FeatureStore | null;
  readonly note: FitListener["note"];
}

/** Features of entries `from` up to, not with, `to`: one array for each of the prefix's outputs. */
export interface FeatureChunk {
  readonly from: number;
  readonly to: number;
  readonly features: readonly Rows[];
  /** What each entry is made from, by which it is found again; empty where nothing is kept. */
  readonly digests: readonly string[];
}

/** How far the features of some rows are. */
export interface FeatureProgress {
  /** Entries: rows with all their random variants. */
  readonly done: number;
  /** Of these, how many were found in the feature cache. */
  readonly cached: number;
}

/**
 * The frozen prefix of a network. Its features are looked up in the feature cache, by its architecture and weights and by what
 * each row is made from; those that are not there are computed, in chunks, by ONNX Runtime where that can, else by TensorFlow.js,
 * and kept. Rows of the next chunk are read while one is computed.
 */
export class FrozenPrefix {
  /** Of one row of each output. */
  readonly shapes: readonly (readonly number[])[];
  /** One row of what each layer gives at its first application. */
  readonly layerShapes: ReadonlyMap<string, readonly (number | null)[]>;
  /** By layer and weight: `conv1/kernel`. */
  readonly weights: ReadonlyMap<string, WeightValues>;
  readonly #job: PrefixJob;
  /** Which of the network's inputs it reads. */
  readonly #reads: readonly number[];
  readonly #tensorFlow: LazyTensorFlow;
  readonly #length: number;
  /** Whether ONNX Runtime is to compute. */
  #native: boolean;
  #computed: Computed | undefined;
  #shelf: Shelf | null = null;
  #keeps = true;

  private constructor(job: PrefixJob, reads: readonly number[], facts: Facts) {
    this.#job = job;
    this.#reads = reads;
    this.shapes = facts.shapes;
    this.layerShapes = facts.layerShapes;
    this.weights = facts.weights;
    this.#tensorFlow = facts.tensorFlow;
    this.#native = facts.native;
    this.#length = facts.shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  }

  /** @throws UserError naming the block whose layer does not fit its input. */
  static async open(given: PrefixJob): Promise<FrozenPrefix> {
    const reads = given.network.inputs.map(({ column }) =>
      given.inputs.findIndex((input) => input.column === column),
    );
    const columns = reads.map((i) => given.columns[i]!);
    const job = { ...given, columns, network: withShapes(given.network, columns) };
    return new FrozenPrefix(job, reads, await learnFacts(job));
  }

  /** Whether what is computed can be found again. */
  get keeps(): boolean {
    return this.#job.store !== null && this.#keeps;
  }

  /** How many entries there are of each row: as many as the columns that it reads have variants. */
  views(all: readonly InputColumn[]): number {
    return viewsOf(this.#reads.map((i) => all[i]!));
  }

  /**
   * The features of all entries, chunk by chunk in their order.
   *
   * @param all A column for each input of the whole network.
   */
  async *chunks(
    all: readonly InputColumn[],
    rows: number,
    signal?: AbortSignal,
    onProgress?: (progress: FeatureProgress) => void,
  ): AsyncGenerator<FeatureChunk> {
    if (this.#shelf === null) await this.#openShelf();
    const columns = this.#reads.map((i) => all[i]!);
    const views = viewsOf(columns);
    const entries = rows * views;
    const atOnce = this.#entriesAtOnce();
    const look = (from: number) =>
      from >= entries
        ? undefined
        : heardLater(this.#look(columns, views, from, Math.min(entries, from + atOnce), signal));
    let cached = 0;
    const finish = async (looked: Promise<Chunk>): Promise<Chunk> => {
      const chunk = await looked;
      signal?.throwIfAborted();
      const found = chunk.to - chunk.from - chunk.missing.length;
      cached += found;
      if (chunk.missing.length === 0) onProgress?.({ done: chunk.to, cached });
      else
        await this.#compute(chunk, signal, (done) =>
          onProgress?.({ done: chunk.from + found + done, cached }),
        );
      return chunk;
    };
    // While somebody works with one chunk the next is computed, and the one after that is read.
    let looked = look(0);
    let computing = looked && heardLater(finish(looked));
    for (let from = atOnce; computing !== undefined; from += atOnce) {
      looked = look(from);
      const chunk = await computing;
      computing = looked && heardLater(finish(looked));
      yield {
        from: chunk.from,
        to: chunk.to,
        features: this.#parts(chunk.values, chunk.to - chunk.from),
        digests: chunk.digests,
      };
      await breathe();
    }
    signal?.throwIfAborted();
  }

  /**
   * The features of all entries, in memory.
   *
   * @throws UserError when memory cannot hold them.
   */
  async all(
    columns: readonly InputColumn[],
    rows: number,
    signal?: AbortSignal,
    onProgress?: (progress: FeatureProgress) => void,
  ): Promise<Rows[]> {
    const entries = rows * this.views(columns);
    const all = this.shapes.map((shape): Rows => ({ shape, values: allocate(entries, shape) }));
    for await (const { from, features } of this.chunks(columns, rows, signal, onProgress))
      for (const [i, { shape, values }] of features.entries())
        all[i]!.values.set(values, from * sizeOf(shape));
    return all;
  }

  /**
   * The features of these entries, in this order: from the cache, where `chunks` has put them; what is not there any more is
   * computed again.
   *
   * @param all A column for each input of the whole network.
   * @param digests Of all entries, as `chunks` gave them.
   */
  async some(
    all: readonly InputColumn[],
    digests: readonly string[],
    entries: Int32Array,
    signal?: AbortSignal,
  ): Promise<readonly Rows[]> {
    if (this.#shelf === null) await this.#openShelf();
    const columns = this.#reads.map((i) => all[i]!);
    const values = new Float32Array(entries.length * this.#length);
    const own = this.#shelf === null ? [] : Array.from(entries, (entry) => digests[entry]!);
    const found = this.#shelf === null ? [] : await this.#shelf.read(own, values);
    const missing = Array.from(entries, (_, i) => i).filter((i) => found[i] !== true);
    if (missing.length > 0) {
      const wanted = missing.map((i) => entries[i]!);
      const views = viewsOf(columns);
      const inputs = await Promise.all(columns.map((column) => readThese(column, views, 0, wanted, signal)));
      const chunk = { from: 0, to: entries.length, values, digests: own, missing, inputs };
      await this.#compute(chunk, signal, () => undefined);
    }
    return this.#parts(values, entries.length);
  }

  /** Lets go of files and native memory; they are taken up again when features are asked for once more. */
  async rest(): Promise<void> {
    await this.#computed?.release();
    this.#computed = undefined;
    this.#tensorFlow.dispose();
    const shelf = this.#shelf;
    this.#shelf = null;
    if (shelf === null) return;
    if (shelf.damaged > 0)
      this.#job.note(
        "information",
        "features-damaged",
        shelf.damaged === 1
          ? "One entry of the feature cache was damaged, and is computed again."
          : `${shelf.damaged} entries of the feature cache were damaged, and are computed again.`,
      );
    await shelf.close();
  }

  async #openShelf(): Promise<void> {
    const { store, network, backend } = this.#job;
    await this.#shelf?.close();
    // Devices round differently, so each has its own.
    const device = chosenDevice();
    const by = this.#native ? `onnxruntime ${device === "auto" ? "cpu" : device}` : backend;
    const about = describe(network, this.#length);
    this.#shelf =
      store === null ? null : await store.open(featureKey(network, this.weights, by), this.#length, about);
  }

  /** What is known of some entries, and the inputs of those that have to be computed. */
  async #look(
    columns: readonly InputColumn[],
    views: number,
    from: number,
    to: number,
    signal: AbortSignal | undefined,
  ): Promise<Chunk> {
    const values = new Float32Array((to - from) * this.#length);
    const digests = this.#shelf === null ? [] : await digestEntries(columns, views, from, to, signal);
    const found = this.#shelf === null ? [] : await this.#shelf.read(digests, values);
    const missing = Array.from({ length: to - from }, (_, i) => i).filter((i) => found[i] !== true);
    const inputs = await Promise.all(
      columns.map((column) => readThese(column, views, from, missing, signal)),
    );
    return { from, to, values, digests, missing, inputs };
  }

  /** One batch is computed while what the last one gave is put in its place and kept. */
  async #compute(
    { values, digests, missing, inputs }: Chunk,
    signal: AbortSignal | undefined,
    onEntries: (done: number) => void,
  ): Promise<void> {
    this.#computed ??= await this.#start(inputs, missing.length);
    const computed = this.#computed;
    const run = (from: number): Promise<Rows[]> | undefined => {
      if (from >= missing.length) return undefined;
      const to = Math.min(missing.length, from + computed.rowsAtOnce);
      const batch = inputs.map((input) => slice(input, from, to));
      return heardLater(computed.run(batch, to - from));
    };
    let running = run(0);
    for (let from = 0; running !== undefined; from += computed.rowsAtOnce) {
      const results = await running;
      signal?.throwIfAborted();
      running = run(from + computed.rowsAtOnce);
      const entries = missing.slice(from, from + computed.rowsAtOnce);
      this.#place(results, entries, values);
      await this.#keep(digests, values, entries);
      onEntries(from + entries.length);
      await breathe();
    }
  }

  /** Puts what a batch gave behind each other, entry by entry. */
  #place(results: readonly Rows[], entries: readonly number[], values: Float32Array): void {
    let offset = 0;
    for (const { values: result } of results) {
      const size = result.length / entries.length;
      for (const [i, entry] of entries.entries())
        values.set(result.subarray(i * size, (i + 1) * size), entry * this.#length + offset);
      offset += size;
    }
  }

  /** A cache that cannot be written costs the next fit time, and this one nothing. */
  async #keep(digests: readonly string[], values: Float32Array, entries: readonly number[]): Promise<void> {
    if (this.#shelf === null || !this.#keeps) return;
    const length = this.#length;
    const records = new Float32Array(entries.length * length);
    for (const [at, i] of entries.entries())
      records.set(values.subarray(i * length, (i + 1) * length), at * length);
    try {
      await this.#shelf.write(
        entries.map((i) => digests[i]!),
        records,
      );
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#keeps = false;
      this.#job.note("warning", "features-not-kept", error.message);
    }
  }

  /** Puts the network on ONNX Runtime where it goes and is right, else on TensorFlow.js. */
  async #start(inputs: readonly Rows[], rows: number): Promise<Computed> {
    if (!this.#native) return this.#tensorFlow.computed();
    const { network, note } = this.#job;
    const fact = await agreement();
    const trusted = this.#shelf?.knows(fact) === true || !network.layers.every(isInTensorFlow);
    const few = inputs.map(({ shape, values }) => ({
      shape,
      values: values.subarray(0, COMPARED * sizeOf(shape)),
    }));
    const result = await computeNatively({
      name: network.name,
      graph: graphOfNetwork(network),
      weights: weightsByName(this.weights),
      reference: trusted ? null : this.#tensorFlow.whenAsked(),
      inputs: few,
      rows: Math.min(rows, COMPARED),
    });
    if (result.network !== null) {
      if (result.note !== undefined) note("information", "device-unavailable", result.note);
      this.#tensorFlow.dispose();
      if (!trusted) await this.#shelf?.learn(fact).catch(() => undefined);
      return result.network;
    }
    this.#native = false;
    // What TensorFlow.js computes is kept apart: features of one run come from one way of computing.
    await this.#openShelf();
    note(
      result.why === "unsupported" ? "information" : "warning",
      "features-on-tensorflow",
      `The frozen base is computed by TensorFlow.js, which takes longer: ${lowerFirst(result.reason)}`,
    );
    return this.#tensorFlow.computed();
  }

  /** As many entries as take 64 MB at most, with their inputs. */
  #entriesAtOnce(): number {
    const values = this.#job.columns.reduce((sum, { shape }) => sum + sizeOf(shape), this.#length);
    return Math.max(1, Math.min(256, Math.floor(64e6 / (4 * values))));
  }

  #parts(values: Float32Array, entries: number): Rows[] {
    if (this.shapes.length === 1) return [{ shape: this.shapes[0]!, values }];
    let offset = 0;
    return this.shapes.map((shape): Rows => {
      const size = sizeOf(shape);
      const part = new Float32Array(entries * size);
      for (let i = 0; i < entries; i++) {
        const at = i * this.#length + offset;
        part.set(values.subarray(at, at + size), i * size);
      }
      offset += size;
      return { shape, values: part };
    });
  }
}

/** Entries `from` up to, not with, `to`. */
interface Chunk {
  readonly from: number;
  readonly to: number;
  /** Features of all, one after the other; zeros where they are missing. */
  readonly values: Float32Array;
  /** Empty where there is no cache. */
  readonly digests: readonly string[];
  /** Counted from `from`. */
  readonly missing: readonly number[];
  /** Of the missing ones. */
  readonly inputs: readonly Rows[];
}

/** These entries of a column, which are mostly next to each other. */
async function readThese(
  column: InputColumn,
  views: number,
  first: number,
  entries: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Rows> {
  const { shape } = column;
  const size = sizeOf(shape);
  const runs: [number, number][] = [];
  for (const entry of entries) {
    const last = runs.at(-1);
    if (last?.[1] === entry) last[1] = entry + 1;
    else runs.push([entry, entry + 1]);
  }
  const parts = [];
  for (const [from, to] of runs)
    parts.push(await readEntries(column, views, first + from, first + to, signal));
  if (parts.length === 1) return parts[0]!;
  const values = new Float32Array(entries.length * size);
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { shape, values };
}

interface Facts {
  readonly shapes: readonly (readonly number[])[];
  readonly layerShapes: ReadonlyMap<string, readonly (number | null)[]>;
  readonly weights: ReadonlyMap<string, WeightValues>;
  readonly tensorFlow: LazyTensorFlow;
  readonly native: boolean;
}

/** What can be known before anything is computed; TensorFlow.js builds the network only where nothing else knows. */
async function learnFacts({ network, engine, seed, note }: PrefixJob): Promise<Facts> {
  const tensorFlow = new LazyTensorFlow(network, seed);
  const weights = weightsOf(network, tensorFlow);
  const written = attempt(() => writeGraph(network.name, graphOfNetwork(network), weightsByName(weights)));
  const needed = network.layers.find((layer) => !isInTensorFlow(layer));
  const runtime = usesNative(engine) || needed !== undefined ? await loadRuntime() : undefined;
  if (needed !== undefined && (runtime?.available !== true || written?.supported !== true))
    throw new UserError(
      "needs-onnxruntime",
      `Block "${needed.block}": a base from an .onnx file is computed by ONNX Runtime alone. ${runtime?.available === true ? `${written?.supported === false ? `The layer ${written.layer} ${written.reason}` : "ONNX Runtime cannot run what is before it."}` : (runtime?.reason ?? "")}`,
    );
  if (written?.supported === false && runtime?.available === true)
    note(
      "information",
      "features-on-tensorflow",
      `The frozen base is computed by TensorFlow.js, which takes longer: the layer ${written.layer} (${written.class_name}) ${written.reason}`,
    );
  const known =
    written?.supported === true &&
    written.outputs.every(({ shape }) => shape.every((extent) => extent !== null));
  if (known)
    return {
      shapes: written.outputs.map(({ shape }) => shape as readonly number[]),
      layerShapes: written.shapes,
      weights,
      tensorFlow,
      native: runtime?.available === true,
    };
  const built = tensorFlow.realised();
  return {
    shapes: network.outputs.map(({ from }) => built.tensor(from).shape.slice(1) as number[]),
    layerShapes: new Map(
      network.layers.map(({ name }) => [name, built.tensor({ layer: name, call: 0 }).shape.slice(1)]),
    ),
    weights,
    tensorFlow,
    native: false,
  };
}

/** What goes wrong in writing a graph whose layers do not fit is told better by building it. */
function attempt<Result>(write: () => Result): Result | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}

/** All weights of the prefix. Those that come from no file are drawn, as for every other layer. */
function weightsOf(network: Network, tensorFlow: LazyTensorFlow): ReadonlyMap<string, WeightValues> {
  const weights = new Map<string, WeightValues>();
  for (const layer of network.layers) {
    if (layer.weights !== undefined) for (const [name, values] of layer.weights) weights.set(name, values);
    else if (hasWeights(layer) && isInTensorFlow(layer))
      for (const weight of tensorFlow.realised().layers.get(layer.name)!.weights) {
        const tensor = weight.read();
        const values = tensor.dataSync<"float32">().slice();
        weights.set(weight.originalName, { shape: tensor.shape, dtype: "float32", values });
      }
  }
  return weights;
}

function isInTensorFlow({ class_name }: { readonly class_name: string }): boolean {
  return class_name !== ONNX_MODEL;
}

/** The prefix in TensorFlow.js, built when somebody needs it. */
class LazyTensorFlow {
  readonly #network: Network;
  readonly #seed: number;
  #realised: Realised | undefined;

  constructor(network: Network, seed: number) {
    this.#network = network;
    this.#seed = seed;
  }

  realised(): Realised {
    return (this.#realised ??= realise(this.#network, this.#seed));
  }

  computed(): Computed {
    return onTensorFlow(this.realised().model);
  }

  /** The same, and not built before it computes. */
  whenAsked(): Computed {
    return {
      rowsAtOnce: COMPARED,
      run: (inputs, rows) => this.computed().run(inputs, rows),
      release: () => Promise.resolve(),
    };
  }

  dispose(): void {
    if (this.#realised === undefined) return;
    for (const { weights } of this.#realised.layers.values())
      tf.dispose(
        weights.map((weight) => (weight as unknown as { val: { isDisposed: boolean } }).val) as never,
      );
    this.#realised = undefined;
  }
}

/** The network with the inputs' own shapes, where it took any. */
function withShapes(network: Network, columns: readonly InputColumn[]): Network {
  const shapes = new Map(network.inputs.map(({ layer }, i) => [layer, columns[i]!.shape]));
  return {
    ...network,
    layers: network.layers.map((layer) => {
      const shape = shapes.get(layer.name);
      return shape === undefined
        ? layer
        : { ...layer, config: { ...layer.config, batch_input_shape: [null, ...shape] } };
    }),
  };
}

/** What `kspec cache` calls it: the blocks, and what goes in and comes out. */
function describe(network: Network, length: number): string {
  const blocks = [...new Set(network.layers.filter(hasWeights).map(({ block, name }) => block || name))];
  const inputs = network.layers
    .filter(({ class_name }) => class_name === "InputLayer")
    .map(({ config }) => (config["batch_input_shape"] as number[]).slice(1).join("×"));
  return `${blocks.join(", ")} for ${inputs.join(" and ")}, ${length.toLocaleString("en-US")} values`;
}

async function agreement(): Promise<string> {
  const runtime = await loadRuntime();
  const versions = runtime.available ? runtime.ort.env.versions : undefined;
  return `onnxruntime ${versions?.node ?? versions?.common ?? "of unknown version"} computes what TensorFlow.js ${tf.version_core} does`;
}

/** `set_engine("tensorflow")` and `set_engine("wasm")` mean TensorFlow.js and nothing else. */
export function usesNative(engine: EngineName): boolean {
  return engine === "auto" || engine === "native";
}

/** Room for all features at once, which training wants; whether they fit is known before any is computed. */
function allocate(entries: number, shape: readonly number[]): Float32Array {
  return roomFor(
    entries * sizeOf(shape),
    (needed, memory) =>
      new UserError(
        "too-large",
        `The features of ${entries.toLocaleString("en-US")} images, ${shape.join(" × ")} each, take ${needed} in memory, and this computer has ${memory}. Let the base end in an average over places (pooling: "avg", or layers.globalAveragePooling2d behind it), or use fewer images.`,
      ),
  );
}

function lowerFirst(sentence: string): string {
  return /^(The|Its) /.test(sentence) ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence;
}
