import path from "node:path";
import type { Baked } from "../data/baked.ts";
import { innerLayers, type KerasConfig } from "../model/network.ts";
import { readModelFiles, weightFile, writeModelFiles } from "../model/tfjs-files.ts";
import { UserError, type Backend } from "../protocol/index.ts";
import { onTensorFlow, type Computed } from "./compute.ts";
import type { FittedModel, Prediction } from "./contract.ts";
import { inputColumns, readEntries } from "./inputs.ts";
import { linked, totalLoss } from "./losses.ts";
import { computeNatively, weightsInTensorFlow } from "./native/compute-natively.ts";
import { graphOfConfig } from "./native/keras-graph.ts";
import { holdsOnnxModel, openSavedBases } from "./onnx-base/index.ts";
import { predictionsOf, type FittedMetadata } from "./predictions.ts";
import { camelCased } from "./realise.ts";
import { breathe, sizeOf, sliceTensor, type Rows } from "./rows.ts";
import { truthOf } from "./targets.ts";
import {
  startTensorFlow,
  tf,
  type LayersModel,
  type NamedTensorMap,
  type Tensor,
} from "./tensorflow/index.ts";
import { tensorflowMath } from "./tensorflow/tensor-math.ts";
import { weightPenalties } from "./tensorflow/weight-rules.ts";
import { WORTH_A_SESSION } from "./trained-model.ts";
import { readSettings, trainedOutputs } from "./training-arguments.ts";
import { EpochLog } from "./training/epoch-log.ts";
import { valuesOf } from "./training/head-weights.ts";

/** A fitted model that can be measured as it was trained. */
export interface MeasurableModel extends FittedModel {
  /**
   * What Keras's `evaluate` gives: the loss (with the penalties on trainable weights, without those on outputs of layers), and the metrics of
   * the epoch log, by their keys there.
   *
   * @param rows With outcomes.
   * @param given The model's arguments: `compile_loss`, `compile_metrics`, `compile_loss_weights`, `fit_batch_size`.
   * @throws UserError for arguments that say no loss or metric, and for outcomes that are missing.
   */
  evaluate(
    rows: Baked,
    given: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
    onRows?: (done: number) => void,
  ): Promise<Readonly<Record<string, number>>>;
}

/** A model that was read from its folder, in TensorFlow.js; large predictions are computed by ONNX Runtime. */
class LoadedModel implements MeasurableModel {
  readonly backend: Backend;
  readonly #model: LayersModel;
  readonly #topology: KerasConfig;
  readonly #metadata: FittedMetadata;

  constructor(backend: Backend, model: LayersModel, topology: KerasConfig, metadata: FittedMetadata) {
    this.backend = backend;
    this.#model = model;
    this.#topology = topology;
    this.#metadata = metadata;
  }

  get epoch(): number {
    return this.#metadata.epoch;
  }

  async predict(
    baked: Baked,
    signal?: AbortSignal,
    onRows?: (done: number) => void,
  ): Promise<ReadonlyMap<string, Prediction>> {
    const results = await this.#outputs(baked, signal, onRows);
    return predictionsOf(this.#metadata.outputs, results, baked.rows);
  }

  async evaluate(
    baked: Baked,
    given: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
    onRows?: (done: number) => void,
  ): Promise<Readonly<Record<string, number>>> {
    // A mistake in the arguments is told before anything is computed.
    const plans = this.#metadata.outputs;
    const outputs = trainedOutputs({ arguments: given }, plans);
    const truths = plans.map((plan) => truthOf(plan, baked.outcomes, baked.rows));
    const results = await this.#outputs(baked, signal, onRows);
    const penalties = weightPenalties(this.#model);
    const log = new EpochLog(outputs);
    const { batchSize } = readSettings({ arguments: given });
    for (let from = 0; from < baked.rows; from += batchSize) {
      const to = Math.min(baked.rows, from + batchSize);
      const values = tf.tidy(() => {
        const truth = truths.map((one) => sliceTensor(one, from, to));
        const estimates = results.map((one) => sliceTensor(one, from, to));
        const { total, parts } = totalLoss(tensorflowMath, outputs, truth, estimates, null);
        const sum = penalties().reduce((a, b) => tf.add(a, b), total);
        const metrics = outputs.flatMap(({ loss, metrics }, i) => {
          const estimate = linked(tensorflowMath, loss.link, estimates[i]!);
          return metrics.flatMap((metric) => metric.batch(tensorflowMath, truth[i]!, estimate));
        });
        return [sum, ...parts, ...metrics].flatMap((value) => Array.from(value.dataSync<"float32">()));
      });
      log.add(values, to - from);
      await breathe();
    }
    return log.log();
  }

  /** What the network gives, output by output. Rows are read, computed and let go some at a time. */
  async #outputs(
    baked: Baked,
    signal: AbortSignal | undefined,
    onRows: ((done: number) => void) | undefined,
  ): Promise<readonly Rows[]> {
    const columns = inputColumns(this.#metadata.inputs, baked);
    const read = (from: number, to: number) =>
      Promise.all(columns.map((column) => readEntries(column, 1, from, to, signal)));
    const first = await read(0, Math.min(baked.rows, FIRST_ROWS));
    const network = await this.#network(first, baked.rows);
    let all: Rows[] | undefined;
    try {
      for (let from = 0; from < baked.rows; from += network.rowsAtOnce) {
        signal?.throwIfAborted();
        const to = Math.min(baked.rows, from + network.rowsAtOnce);
        const some = await network.run(await read(from, to), to - from);
        all ??= some.map(({ shape }) => ({ shape, values: new Float32Array(baked.rows * sizeOf(shape)) }));
        for (const [i, { shape, values }] of some.entries()) all[i]!.values.set(values, from * sizeOf(shape));
        onRows?.(to);
        await breathe();
      }
      signal?.throwIfAborted();
      return all ?? [];
    } finally {
      await network.release();
    }
  }

  /** ONNX Runtime where it can, and the work is worth handing the weights over; else TensorFlow.js. */
  async #network(first: readonly Rows[], rows: number): Promise<Computed> {
    const reference = onTensorFlow(this.#model);
    const graph = graphOfConfig(
      String(this.#topology["class_name"]),
      this.#topology["config"] as KerasConfig,
    );
    const alone = holdsOnnxModel(graph);
    const { network } = await computeNatively({
      name: this.#model.name,
      graph,
      weights: weightsInTensorFlow(this.#model),
      reference: alone ? null : reference,
      inputs: first,
      rows,
      atLeast: alone ? 0 : WORTH_A_SESSION,
    });
    return network ?? reference;
  }

  async save(folder: string): Promise<void> {
    const frozen = new Set(this.#metadata.frozen);
    const groups = { frozen: [], trained: [] } as Record<
      "frozen" | "trained",
      Parameters<typeof weightFile>[1][number][]
    >;
    for (const layer of this.#model.layers)
      for (const weight of layer.weights)
        groups[frozen.has(layer.name) ? "frozen" : "trained"].push([
          weight.originalName,
          valuesOf(weight.read()),
        ]);
    const files = [weightFile("frozen", groups.frozen), weightFile("trained", groups.trained)];
    await writeModelFiles(
      folder,
      this.#topology,
      files.filter(({ weights }) => weights.length > 0),
      this.#metadata,
    );
  }

  dispose(): void {
    // TensorFlow.js counts every model that a layer is in, and would free nothing here.
    for (const weight of this.#model.weights) {
      const { val } = weight as unknown as { val: Tensor };
      if (!val.isDisposed) val.dispose();
    }
  }
}

/** Rows that are read to see how large they are, and to compare the two ways of computing. */
const FIRST_ROWS = 4;

/**
 * Reads a model that `save` wrote.
 *
 * @throws UserError when the folder holds none, or a damaged one.
 */
export async function loadFittedModel(folder: string): Promise<MeasurableModel> {
  const file = path.join(folder, "model.json");
  const { topology, weights, metadata } = await readModelFiles(file);
  if ((metadata as Partial<FittedMetadata> | null | undefined)?.kspec !== 1)
    throw new UserError(
      "not-a-run",
      `${file} was not written by a fit of this version of KSpec: it does not say what its outputs are. Fit the spec again.`,
    );
  const backend = await startTensorFlow("auto", { specFolder: folder });
  const [constructor, fromConfig] =
    tf.serialization.SerializationMap.getMap().classNameMap[String(topology["class_name"])]!;
  await openSavedBases(innerLayers(topology["config"] as KerasConfig), folder);
  const config = camelCased(topology["config"]) as Parameters<typeof fromConfig>[1];
  const named: NamedTensorMap = {};
  try {
    const model = fromConfig(constructor, { ...config, customObjects: {} }) as unknown as LayersModel;
    for (const [name, { values, shape, dtype }] of weights)
      named[name] = tf.tensor(values, [...shape], dtype);
    model.loadWeights(named, true);
    return new LoadedModel(backend, model, topology, metadata as FittedMetadata);
  } catch (error) {
    throw new UserError(
      "model-damaged",
      `The model in ${folder} cannot be read (${String((error as Error).message).split("\n")[0]}). Fit the spec again.`,
      { cause: error },
    );
  } finally {
    tf.dispose(named);
  }
}
