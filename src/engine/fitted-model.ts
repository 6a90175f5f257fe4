import { createHash } from "node:crypto";
import path from "node:path";
import type { Baked } from "../data/baked.ts";
import type { KerasConfig, WeightValues } from "../model/network.ts";
import { readModelFiles, writeModelFiles, type WeightFile } from "../model/tfjs-files.ts";
import { UserError, type Backend } from "../protocol/index.ts";
import { computeAll, onTensorFlow, type Computed } from "./compute.ts";
import type { FittedModel, Prediction } from "./contract.ts";
import { inputRows, type InputPlan } from "./inputs.ts";
import { linked, type Link } from "./losses.ts";
import { computeNatively, weightsInTensorFlow } from "./native/compute-natively.ts";
import { graphOfConfig } from "./native/keras-graph.ts";
import { camelCased } from "./realise.ts";
import { sizeOf, type Rows } from "./rows.ts";
import type { OutputPlan } from "./targets.ts";
import {
  startTensorFlow,
  tf,
  type LayersModel,
  type NamedTensorMap,
  type Tensor,
} from "./tensorflow/index.ts";

/** What a saved model says of itself beside its layers. */
export interface FittedMetadata {
  /** Of this description. */
  readonly kspec: 1;
  readonly epoch: number;
  readonly inputs: readonly InputPlan[];
  readonly outputs: readonly (OutputPlan & { readonly link: Link })[];
  /** Layers whose weights no fit has changed. */
  readonly frozen: readonly string[];
}

/**
 * Multiplications that are worth handing the weights to ONNX Runtime: about half a second of WebAssembly's time.
 */
const WORTH_A_SESSION = 4e9;

/** A network with its weights, in TensorFlow.js; large predictions are computed by ONNX Runtime. */
export class TensorFlowModel implements FittedModel {
  readonly backend: Backend;
  readonly #model: LayersModel;
  readonly #topology: KerasConfig;
  readonly #metadata: FittedMetadata;
  readonly #mayBeNative: boolean;
  readonly #frozenFile: { current?: WeightFile };

  constructor(
    backend: Backend,
    model: LayersModel,
    topology: KerasConfig,
    metadata: FittedMetadata,
    mayBeNative: boolean,
    frozenFile: { current?: WeightFile } = {},
  ) {
    this.backend = backend;
    this.#mayBeNative = mayBeNative;
    this.#model = model;
    this.#topology = topology;
    this.#metadata = metadata;
    this.#frozenFile = frozenFile;
  }

  get epoch(): number {
    return this.#metadata.epoch;
  }

  /** The same network when more epochs are in its weights. */
  at(epoch: number): TensorFlowModel {
    return new TensorFlowModel(
      this.backend,
      this.#model,
      this.#topology,
      { ...this.#metadata, epoch },
      this.#mayBeNative,
      this.#frozenFile,
    );
  }

  async predict(
    baked: Baked,
    signal?: AbortSignal,
    onRows?: (done: number) => void,
  ): Promise<ReadonlyMap<string, Prediction>> {
    const inputs = inputRows(this.#metadata.inputs, baked);
    const { outputs } = this.#metadata;
    const network = await this.#network(inputs, baked.rows);
    try {
      const results = await computeAll(network, inputs, baked.rows, signal, onRows);
      const raw = outputs.map((plan, i) => linkedValues(plan, results[i]));
      return new Map(outputs.flatMap((plan, i) => predictions(plan, raw[i]!, baked.rows)));
    } finally {
      await network.release();
    }
  }

  /** ONNX Runtime where it may and can, and the work is worth handing the weights over; else TensorFlow.js. */
  async #network(inputs: readonly Rows[], rows: number): Promise<Computed> {
    const reference = onTensorFlow(this.#model);
    if (!this.#mayBeNative) return reference;
    const { network } = await computeNatively({
      name: this.#model.name,
      graph: graphOfConfig(String(this.#topology["class_name"]), this.#topology["config"] as KerasConfig),
      weights: weightsInTensorFlow(this.#model),
      reference,
      inputs,
      rows,
      atLeast: WORTH_A_SESSION,
    });
    return network ?? reference;
  }

  async save(folder: string): Promise<void> {
    const frozen = new Set(this.#metadata.frozen);
    const groups: Record<"frozen" | "trained", [string, WeightValues][]> = { frozen: [], trained: [] };
    for (const layer of this.#model.layers)
      for (const weight of layer.weights) {
        const group = frozen.has(layer.name) ? groups.frozen : groups.trained;
        if (group === groups.frozen && this.#frozenFile.current !== undefined) continue;
        group.push([weight.originalName, valuesOf(weight.read())]);
      }
    if (frozen.size > 0) this.#frozenFile.current ??= weightFile("frozen", groups.frozen);
    const files = [this.#frozenFile.current, weightFile("trained", groups.trained)].filter(
      (file) => file !== undefined && file.weights.length > 0,
    ) as WeightFile[];
    await writeModelFiles(folder, this.#topology, files, this.#metadata);
  }

  dispose(): void {
    // TensorFlow.js counts every model that a layer is in, and would free nothing here.
    for (const weight of this.#model.weights) {
      const { val } = weight as unknown as { val: Tensor };
      if (!val.isDisposed) val.dispose();
    }
  }
}

/** Probabilities of an output that is trained without its last function. */
function linkedValues(
  { link, shape }: OutputPlan & { readonly link: Link },
  results: Rows | undefined,
): Float32Array {
  if (results === undefined || link === "none") return results?.values ?? new Float32Array();
  const { values } = results;
  const rows = values.length / sizeOf(shape);
  let linkedTo = values;
  tf.tidy(() => {
    linkedTo = linked(link, tf.tensor(values, [rows, ...shape]))
      .dataSync<"float32">()
      .slice();
  });
  return linkedTo;
}

/** A file whose name stands for what is in it. */
function weightFile(kind: string, weights: WeightFile["weights"]): WeightFile {
  const hash = createHash("sha256");
  for (const [name, { values }] of weights)
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return { name: `${kind}-${hash.digest("hex").slice(0, 12)}.bin`, weights };
}

function valuesOf(tensor: Tensor): WeightValues {
  const values = tensor.dataSync();
  return {
    shape: tensor.shape,
    dtype: tensor.dtype as WeightValues["dtype"],
    // The backend may lend its own memory, which the next step overwrites.
    values: values.slice() as WeightValues["values"],
  };
}

function predictions(plan: OutputPlan, raw: Float32Array, rows: number): [string, Prediction][] {
  if (plan.mode === "classification") {
    const units = plan.classes;
    if (sizeOf(plan.shape) === units) return [[plan.outcomes[0]!, { units, values: raw }]];
    // One unit says how likely the second class is.
    const values = new Float32Array(rows * 2);
    for (let row = 0; row < rows; row++) {
      values[2 * row] = 1 - raw[row]!;
      values[2 * row + 1] = raw[row]!;
    }
    return [[plan.outcomes[0]!, { units, values }]];
  }
  const width = plan.outcomes.length;
  return plan.outcomes.map((outcome, column) => [
    outcome,
    { units: 1, values: Float32Array.from({ length: rows }, (_, row) => raw[row * width + column]!) },
  ]);
}

/**
 * Reads a model that `save` wrote.
 *
 * @throws UserError when the folder holds none, or a damaged one.
 */
export async function loadFittedModel(folder: string): Promise<FittedModel> {
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
  const config = camelCased(topology["config"]) as Parameters<typeof fromConfig>[1];
  const named: NamedTensorMap = {};
  try {
    const model = fromConfig(constructor, { ...config, customObjects: {} }) as unknown as LayersModel;
    for (const [name, { values, shape, dtype }] of weights)
      named[name] = tf.tensor(values, [...shape], dtype);
    model.loadWeights(named, true);
    return new TensorFlowModel(backend, model, topology, metadata as FittedMetadata, true);
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
