import { constants, existsSync } from "node:fs";
import { copyFile, mkdir, rename } from "node:fs/promises";
import path from "node:path";
import type { Baked, InputColumn } from "../data/baked.ts";
import type { Network, WeightValues } from "../model/network.ts";
import { kerasTopology } from "../model/network.ts";
import { weightFile, writeModelFiles, type WeightFile } from "../model/tfjs-files.ts";
import type { Backend } from "../protocol/index.ts";
import { computeAll, onTensorFlow, type Computed } from "./compute.ts";
import type { FittedModel, Prediction } from "./contract.ts";
import type { FrozenPrefix } from "./features.ts";
import { inputColumns, plainColumns, readEntries } from "./inputs.ts";
import { computeNatively, weightsInTensorFlow } from "./native/compute-natively.ts";
import { graphOfNetwork } from "./native/keras-graph.ts";
import { baseFiles } from "./onnx-base/index.ts";
import { predictionsOf, type FittedMetadata } from "./predictions.ts";
import type { Realised } from "./realise.ts";
import { sizeOf, type Rows } from "./rows.ts";
import { tf, type Tensor } from "./tensorflow/index.ts";
import { HeadWeights, valuesOf } from "./training/head-weights.ts";

/** A network while it is fitted, and right after: a frozen prefix that is computed once for each row, and a trained head. */
export interface Trained {
  readonly backend: Backend;
  /** The whole of it, as it was written. */
  readonly network: Network;
  readonly prefix: FrozenPrefix | null;
  /** Which of the head's inputs are inputs of the network as they stand; the others are the prefix's outputs, in their order. */
  readonly given: readonly (number | null)[];
  readonly head: Realised;
  /** Layers that no fit changes, those inside bases by their own names. */
  readonly held: ReadonlySet<string>;
  readonly mayBeNative: boolean;
  /** Who trains it; it brings the layers to what they are by now. */
  trainer?: { settle(): Promise<void> } | undefined;
}

/** A network with its weights after some epochs; large heads are computed by ONNX Runtime. */
export class TrainedModel implements FittedModel {
  readonly #trained: Trained;
  readonly #metadata: FittedMetadata;
  readonly #frozen: FrozenFiles;

  constructor(trained: Trained, metadata: FittedMetadata, frozen: FrozenFiles = {}) {
    this.#trained = trained;
    this.#metadata = metadata;
    this.#frozen = frozen;
  }

  get backend(): Backend {
    return this.#trained.backend;
  }

  get epoch(): number {
    return this.#metadata.epoch;
  }

  /** While it is trained, whoever asks for its weights gets those of the moment; undefined: it has been trained. */
  settledBy(trainer: { settle(): Promise<void> } | undefined): void {
    this.#trained.trainer = trainer;
  }

  /** The same network when more epochs are in its weights. */
  at(epoch: number): TrainedModel {
    return new TrainedModel(this.#trained, { ...this.#metadata, epoch }, this.#frozen);
  }

  /** Rows are read, brought through the prefix and the head, and let go some at a time. */
  async predict(
    baked: Baked,
    signal?: AbortSignal,
    onRows?: (done: number) => void,
  ): Promise<ReadonlyMap<string, Prediction>> {
    await this.#trained.trainer?.settle();
    const { outputs, inputs } = this.#metadata;
    const columns = plainColumns(inputColumns(inputs, baked));
    let network: Computed | undefined;
    let all: Rows[] | undefined;
    try {
      for await (const chunk of headChunks(this.#trained, columns, baked.rows, signal)) {
        const { head, mayBeNative } = this.#trained;
        network ??= await computedHead(head, mayBeNative, chunk.inputs, chunk.rows, baked.rows);
        const some = await computeAll(network, chunk.inputs, chunk.rows, signal, (done) =>
          onRows?.(chunk.from + done),
        );
        all ??= some.map(({ shape }) => ({ shape, values: new Float32Array(baked.rows * sizeOf(shape)) }));
        for (const [i, { shape, values }] of some.entries())
          all[i]!.values.set(values, chunk.from * sizeOf(shape));
      }
      return predictionsOf(outputs, all ?? [], baked.rows);
    } finally {
      await network?.release();
      await this.#trained.prefix?.rest();
    }
  }

  async save(folder: string): Promise<void> {
    await this.#trained.trainer?.settle();
    const { network, head, prefix, held } = this.#trained;
    const trained = new HeadWeights(head, held).read();
    if (this.#frozen.files === undefined) {
      const frozen = new Map(prefix?.weights);
      for (const [name, layer] of head.layers)
        for (const weight of held.has(name) ? layer.weights : [])
          if (!frozen.has(weight.originalName)) frozen.set(weight.originalName, valuesOf(weight.read()));
      this.#frozen.files = frozenFiles(network, frozen);
    }
    const files = [...this.#frozen.files, ...(trained.length > 0 ? [weightFile("trained", trained)] : [])];
    await copyBaseFiles(network, folder);
    await writeModelFiles(folder, kerasTopology(network), files, this.#metadata);
  }

  dispose(): void {
    disposeWeights(this.#trained.head);
  }
}

/**
 * A head with the weights that its layers have now: on ONNX Runtime where it may be and goes, and the work is worth handing the weights
 * over; else on TensorFlow.js.
 *
 * @param first The inputs of so many rows, of which a few are computed both ways.
 * @param all How many rows there will be.
 */
export async function computedHead(
  head: Realised,
  mayBeNative: boolean,
  first: readonly Rows[],
  rows: number,
  all: number,
): Promise<Computed> {
  const reference = onTensorFlow(head.model);
  if (!mayBeNative) return reference;
  const { network } = await computeNatively({
    name: head.network.name,
    graph: graphOfNetwork(head.network),
    weights: weightsInTensorFlow(head.model),
    reference,
    inputs: first,
    rows,
    atLeast: (WORTH_A_SESSION * rows) / all,
  });
  return network ?? reference;
}

/**
 * Multiplications that are worth handing the weights to ONNX Runtime: about half a second of WebAssembly's time.
 */
export const WORTH_A_SESSION = 4e9;

/** Files of what is not trained, once they are known: they are the same after every epoch. */
interface FrozenFiles {
  files?: readonly WeightFile[];
}

/** Bases that lie on the disk as they are saved are shared with the run; the rest is written. */
function frozenFiles(network: Network, frozen: ReadonlyMap<string, WeightValues>): WeightFile[] {
  const rest = new Map(frozen);
  const files: WeightFile[] = [];
  for (const { weights, weightsFile } of network.layers) {
    if (weightsFile === undefined || ![...weights!.keys()].every((name) => rest.has(name))) continue;
    const name = `frozen-${weightsFile.digest.slice(0, 12)}.bin`;
    files.push({ name, weights: [...weights!], source: weightsFile.path });
    for (const name of weights!.keys()) rest.delete(name);
  }
  return rest.size === 0 ? files : [...files, weightFile("frozen", [...rest])];
}

/** A base from an .onnx file goes with the model as it is. */
async function copyBaseFiles(network: Network, folder: string): Promise<void> {
  for (const { name, path: source } of baseFiles(network.layers)) {
    const target = path.join(folder, name);
    if (existsSync(target)) continue;
    await mkdir(path.dirname(target), { recursive: true });
    const part = `${target}.${process.pid}.part`;
    await copyFile(source, part, constants.COPYFILE_FICLONE);
    await rename(part, target);
  }
}

/** Some rows as the head takes them. */
interface HeadChunk {
  readonly from: number;
  readonly rows: number;
  readonly inputs: readonly Rows[];
}

/** The head's inputs: features through the cache, raw inputs as they stand. */
async function* headChunks(
  { prefix, given }: Trained,
  columns: readonly InputColumn[],
  rows: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<HeadChunk> {
  const raw = (from: number, to: number) =>
    Promise.all(given.map((i) => (i === null ? undefined : readEntries(columns[i]!, 1, from, to, signal))));
  if (prefix === null) {
    for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
      const to = Math.min(rows, from + ROWS_AT_ONCE);
      yield { from, rows: to - from, inputs: (await raw(from, to)) as Rows[] };
    }
    return;
  }
  for await (const { from, to, features } of prefix.chunks(columns, rows, signal)) {
    let next = 0;
    const inputs = (await raw(from, to)).map((own) => own ?? features[next++]!);
    yield { from, rows: to - from, inputs };
  }
}

const ROWS_AT_ONCE = 256;

/** TensorFlow.js counts every model that a layer is in, and would free nothing by itself. */
export function disposeWeights({ layers }: Realised): void {
  for (const { weights } of layers.values())
    for (const weight of weights) {
      const { val } = weight as unknown as { val: Tensor };
      if (!val.isDisposed) tf.dispose(val);
    }
}
