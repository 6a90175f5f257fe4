import { computeAll, type Computed } from "../compute.ts";
import type { Realised } from "../realise.ts";
import { sizeOf, type Rows } from "../rows.ts";
import type { NativeTrainer } from "../native/training/native-trainer.ts";
import type { ForwardGraph } from "../native/training/forward-graph.ts";
import { sessionFor, type SharedSession } from "../native/training/shared-sessions.ts";
import { NativeThread, type Feed, type KeptFeed } from "../native/thread.ts";
import { computedHead } from "../trained-model.ts";
import { entriesOf, isStreamed } from "../training/examples.ts";
import type { TrialRows } from "./shared-rows.ts";

/** Says what a head makes of the same rows again and again, with its weights of the moment. */
export interface RowsPredictor {
  /** One array for each output. */
  predict(signal: AbortSignal | undefined): Promise<Rows[]>;
  release(): Promise<void>;
}

/** By ONNX Runtime, where rows and weights lie already. */
export class NativePredictor implements RowsPredictor {
  readonly #graph: ForwardGraph;
  readonly #rows: TrialRows;
  readonly #trainer: NativeTrainer;
  readonly #session: SharedSession;
  readonly #feeds: readonly KeptFeed[];

  private constructor(
    graph: ForwardGraph,
    rows: TrialRows,
    trainer: NativeTrainer,
    session: SharedSession,
    feeds: readonly KeptFeed[],
  ) {
    this.#graph = graph;
    this.#rows = rows;
    this.#trainer = trainer;
    this.#session = session;
    this.#feeds = feeds;
  }

  /** @throws Error when ONNX Runtime refuses the graph. */
  static async open(graph: ForwardGraph, rows: TrialRows, trainer: NativeTrainer): Promise<NativePredictor> {
    const session = await sessionFor(graph);
    const feeds = await rows.feeds(graph.inputs, "", { truths: [], weights: null });
    return new NativePredictor(graph, rows, trainer, session, feeds);
  }

  async predict(signal: AbortSignal | undefined): Promise<Rows[]> {
    const { rows } = this.#rows;
    const atOnce = rowsOfRun(this.#graph);
    const all = this.#graph.outputs.map(({ shape }): Rows => {
      const known = shape as readonly number[];
      return { shape: known, values: new Float32Array(rows * sizeOf(known)) };
    });
    for (let from = 0; from < rows; from += atOnce) {
      signal?.throwIfAborted();
      const to = Math.min(rows, from + atOnce);
      const feeds = [
        ...this.#feeds,
        ...this.#trainer.weights(this.#graph.variables),
        ...(await this.#rowsOf(from, to, signal)),
      ];
      const { results } = await NativeThread.get().runKeeping(this.#session.id, feeds, []);
      for (const [i, { name }] of this.#graph.outputs.entries()) {
        const { shape, values } = all[i]!;
        values.set(results.find(([output]) => output === name)![1], from * sizeOf(shape));
      }
    }
    return all;
  }

  /** Which rows a run takes, and those that do not lie with the thread. */
  async #rowsOf(from: number, to: number, signal: AbortSignal | undefined): Promise<Feed[]> {
    const feeds: Feed[] = [];
    for (const [i, input] of this.#rows.inputs.entries()) {
      if (!this.#graph.inputs.some(({ name }) => name === `input ${i}`)) continue;
      const first = isStreamed(input) ? 0 : from;
      if (isStreamed(input)) {
        const wanted = Int32Array.from({ length: to - from }, (_, row) => from + row);
        feeds.push([`input ${i}`, await input.read(wanted, signal), [to - from, ...input.shape]]);
      }
      const entries = BigInt64Array.from({ length: to - from }, (_, row) => BigInt(first + row));
      feeds.push([`entries ${i}`, entries, [to - from]]);
    }
    return feeds;
  }

  async release(): Promise<void> {
    for (const [, tensor] of this.#feeds) tensor.letGo();
    await this.#session.release();
  }
}

/** As many as take no more than about a quarter of a second and a quarter of a gigabyte. */
function rowsOfRun({ load }: ForwardGraph): number {
  const rows = Math.min(256e6 / (load.values * 12), 8e9 / Math.max(1, load.multiplications), 8192);
  return 2 ** Math.max(0, Math.floor(Math.log2(rows)));
}

/** By TensorFlow.js, whose layers are what is trained; a large head is handed over to ONNX Runtime. */
export class LayersPredictor implements RowsPredictor {
  readonly #head: Realised;
  readonly #rows: TrialRows;
  readonly #mayBeNative: boolean;

  constructor(head: Realised, rows: TrialRows, mayBeNative: boolean) {
    this.#head = head;
    this.#rows = rows;
    this.#mayBeNative = mayBeNative;
  }

  async predict(signal: AbortSignal | undefined): Promise<Rows[]> {
    const { rows, inputs } = this.#rows;
    let network: Computed | undefined;
    let all: Rows[] | undefined;
    try {
      for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
        const to = Math.min(rows, from + ROWS_AT_ONCE);
        const entries = Int32Array.from({ length: to - from }, (_, row) => from + row);
        const read: Rows[] = [];
        for (const input of inputs)
          read.push({ shape: input.shape, values: await entriesOf(input, entries, signal) });
        network ??= await computedHead(this.#head, this.#mayBeNative, read, to - from, rows);
        const some = await computeAll(network, read, to - from, signal);
        all ??= some.map(({ shape }) => ({ shape, values: new Float32Array(rows * sizeOf(shape)) }));
        for (const [i, { shape, values }] of some.entries()) all[i]!.values.set(values, from * sizeOf(shape));
      }
      return all ?? [];
    } finally {
      await network?.release();
    }
  }

  release(): Promise<void> {
    return Promise.resolve();
  }
}

const ROWS_AT_ONCE = 256;
