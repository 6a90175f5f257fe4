import type { Baked } from "../data/baked.ts";
import type { CallbackDescription, EngineName, ModelDescription } from "../kspec/description.ts";
import { assembleNetwork } from "../model/assemble.ts";
import { kerasTopology, type Network } from "../model/network.ts";
import { UserError, type Backend, type BuiltLayer } from "../protocol/index.ts";
import { checkBaseInputs } from "./base-inputs.ts";
import { basesOf, loadBases } from "./bases.ts";
import type { FitJob, FitListener, FitResult } from "./contract.ts";
import { findEpochMetric } from "./epoch-metrics.ts";
import { openPrefix, usesNative } from "./features.ts";
import { TensorFlowModel, type FittedMetadata } from "./fitted-model.ts";
import { inputRows, type InputPlan } from "./inputs.ts";
import { findLoss } from "./losses.ts";
import { findOptimizer } from "./optimizers.ts";
import { splitOffFrozen, type Parts } from "./prefix.ts";
import { realise, type Realised } from "./realise.ts";
import { slice, type Rows } from "./rows.ts";
import { planOutputs, rowWeights, truthOf, type OutputPlan } from "./targets.ts";
import { startTensorFlow } from "./tensorflow/index.ts";
import { train, type Examples, type TrainedOutput } from "./train.ts";
import { wireBlocks } from "./wire-blocks.ts";

/**
 * Builds the network that a model describes and fits it.
 *
 * A frozen base is run once for each row (phase "features"); only the rest is trained. The result's model is
 * the whole network. When `signal` aborts, it has the weights of the last finished epoch.
 *
 * @throws UserError for a spec, data or arguments that cannot be fitted, and for a loss that is no number.
 */
export async function fitModel(job: FitJob, listener: FitListener, signal?: AbortSignal): Promise<FitResult> {
  const backend = await startTensorFlow(job.model.engine, { specFolder: job.specFolder });
  noteEngine(job.model, backend, listener);
  const settings = readSettings(job.model);
  const network = await describeNetwork(job);
  const realised = realise(network, job.seed);
  const parts = splitOffFrozen(realised);
  const { layers, parameters } = builtLayers(realised, parts);
  listener.built(layers, parameters);

  const plans = planOutputs(
    network.name,
    job.model.spec.mode,
    new Map(network.outputs.map(({ name, from }) => [name, realised.tensor(from).shape.slice(1)])),
    job.train.outcomes,
  );
  const inputs = network.inputs.map(({ column, layer }): InputPlan => ({
    column,
    shape: realised.tensor({ layer, call: 0 }).shape.slice(1),
  }));
  const outputs = trainedOutputs(job.model, plans);
  const optimizer = findOptimizer(job.model.arguments["compile_optimizer"], settings.learnRate);
  const metadata: FittedMetadata = {
    kspec: 1,
    epoch: 0,
    inputs,
    outputs: plans.map((plan, i) => ({ ...plan, link: outputs[i]!.loss.link })),
    frozen: network.layers.filter((layer) => !layer.trainable).map(({ name }) => name),
  };
  const mayBeNative = usesNative(job.model.engine);
  const model = new TensorFlowModel(backend, realised.model, kerasTopology(network), metadata, mayBeNative);

  try {
    const sets = job.validation === undefined ? [job.train] : [job.train, job.validation];
    const examples = await prepare(
      sets,
      realised,
      parts,
      inputs,
      plans,
      settings,
      job.model.engine,
      listener,
      signal,
    );
    const [rest, held] =
      examples[1] === undefined
        ? holdOut(examples[0]!, settings.validationSplit)
        : [examples[0]!, examples[1]];

    listener.phase("fit");
    const trained = await train(
      {
        ...settings,
        head: parts.head,
        outputs,
        optimizer,
        train: rest,
        validation: held,
        seed: job.seed,
      },
      {
        batches: (done, total) => listener.progress("fit", done, total, "batches"),
        epochEnd: (epoch, logs) => listener.epochEnd(epoch, settings.epochs, logs, model.at(epoch)),
        note: (code, message) => listener.note("warning", code, message),
      },
      signal,
    );
    if (trained.epochs === 0 && trained.stopped === "cancelled") {
      model.dispose();
      return { model: null, epochs: 0, stopped: "cancelled" };
    }
    return { model: model.at(trained.epochOfWeights), epochs: trained.epochs, stopped: trained.stopped };
  } catch (error) {
    model.dispose();
    if (signal?.aborted && error === signal.reason) return { model: null, epochs: 0, stopped: "cancelled" };
    throw error;
  }
}

/** Runs the blocks, reads the bases, and gives the network as data. */
async function describeNetwork({ model, train, specFolder }: FitJob): Promise<Network> {
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
  const bases = await loadBases(basesOf(wired.outputs.map(({ tensor }) => tensor)), specFolder);
  return assembleNetwork(wired, bases);
}

// ---------------------------------------------------------------- arguments

interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly validationSplit: number;
  readonly shuffle: boolean;
  readonly callbacks: readonly CallbackDescription[];
  readonly classWeight: unknown;
  readonly learnRate: number;
}

/** The model's training arguments with kerasnip's defaults: 1 epoch, batches of 32, learning rate 0.01. */
function readSettings({ arguments: given }: ModelDescription): Settings {
  const whole = (name: string, fallback: number) => {
    const value = given[name] ?? fallback;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1)
      throw new UserError(
        "bad-argument",
        `${name} must be a whole number from 1, and it is ${shown(value)}.`,
      );
    return value;
  };
  const split = given["fit_validation_split"] ?? 0;
  if (typeof split !== "number" || !(split >= 0 && split < 1))
    throw new UserError(
      "bad-argument",
      `fit_validation_split must be a share from 0 up to, not with, 1, and it is ${shown(split)}.`,
    );
  const rate = given["learn_rate"] ?? 0.01;
  if (typeof rate !== "number" || !(rate > 0))
    throw new UserError("bad-argument", `learn_rate must be a number above 0, and it is ${shown(rate)}.`);
  const callbacks = given["fit_callbacks"] ?? [];
  return {
    epochs: whole("fit_epochs", 1),
    batchSize: whole("fit_batch_size", 32),
    validationSplit: split,
    shuffle: given["fit_shuffle"] !== false,
    callbacks: (Array.isArray(callbacks) ? callbacks : [callbacks]) as CallbackDescription[],
    classWeight: given["fit_class_weight"],
    learnRate: rate,
  };
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** Loss and metrics of each output, from the arguments or by what it learns (KERASNIP.md §2.7). */
function trainedOutputs(
  { arguments: given }: ModelDescription,
  plans: readonly OutputPlan[],
): TrainedOutput[] {
  return plans.map((plan) => {
    const loss = forOutput("compile_loss", given["compile_loss"], plan.name, plans) ?? defaultLoss(plan);
    const metrics = forOutput("compile_metrics", given["compile_metrics"], plan.name, plans) ?? [
      plan.mode === "classification" ? "accuracy" : "mean_absolute_error",
    ];
    return {
      name: plan.name,
      loss: findLoss(loss),
      metrics: (Array.isArray(metrics) ? metrics : [metrics]).map(findEpochMetric),
    };
  });
}

function defaultLoss({ mode, classes }: OutputPlan): string {
  if (mode === "regression") return "mean_squared_error";
  return classes === 2 ? "binary_crossentropy" : "categorical_crossentropy";
}

/** An argument that is the same for all outputs, or an object output → value. */
function forOutput(name: string, value: unknown, output: string, plans: readonly OutputPlan[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || "kind" in value)
    return value ?? undefined;
  const unknown = Object.keys(value).find((key) => !plans.some((plan) => plan.name === key));
  if (unknown !== undefined)
    throw new UserError(
      "unknown-output",
      `${name} names the output "${unknown}". The outputs are: ${plans.map((plan) => plan.name).join(", ")}.`,
    );
  return (value as Record<string, unknown>)[output];
}

// ---------------------------------------------------------------- data

/** Features and truths of each set of rows. */
async function prepare(
  sets: readonly Baked[],
  realised: Realised,
  parts: Parts,
  inputs: readonly InputPlan[],
  plans: readonly OutputPlan[],
  settings: Settings,
  engine: EngineName,
  listener: FitListener,
  signal: AbortSignal | undefined,
): Promise<Examples[]> {
  const raw = sets.map((set) => inputRows(inputs, set));
  const truths = sets.map((set) => plans.map((plan) => truthOf(plan, set.outcomes, set.rows)));
  const total = sets.reduce((sum, set) => sum + set.rows, 0);
  if (sets[0]!.rows === 0) throw new UserError("no-rows", "There are no rows to train on.");
  const unit = inputs.some(({ shape }) => shape.length === 3) ? "images" : "rows";
  if (parts.prefix !== null) {
    listener.phase("features");
    listener.progress("features", 0, total, unit);
  }
  const prefix = await openPrefix(realised, parts, engine, raw[0]!, sets[0]!.rows, (...note) =>
    listener.note(...note),
  );
  const examples: Examples[] = [];
  let done = 0;
  try {
    for (const [i, set] of sets.entries()) {
      const features = await prefix.features(raw[i]!, set.rows, signal, (rows) =>
        listener.progress("features", done + rows, total, unit),
      );
      done += set.rows;
      examples.push({
        rows: set.rows,
        inputs: features,
        truths: truths[i]!,
        // Keras weighs the rows that are learnt from, not those that are validated on.
        weights: i === 0 ? rowWeights(settings.classWeight, plans, set.outcomes) : null,
      });
    }
  } finally {
    await prefix.release();
  }
  return examples;
}

/** Keras's `validation_split`: the last fraction of the rows, before any shuffling. */
function holdOut(all: Examples, share: number): [Examples, Examples | null] {
  if (share === 0) return [all, null];
  const first = Math.floor(all.rows * (1 - share));
  if (first === 0 || first === all.rows)
    throw new UserError(
      "validation-split",
      `fit_validation_split: ${share} of ${all.rows} rows leaves ${first} to learn from and ${all.rows - first} to validate on. Choose another share.`,
    );
  const part = (rows: readonly Rows[], from: number, to: number) => rows.map((one) => slice(one, from, to));
  return [
    {
      rows: first,
      inputs: part(all.inputs, 0, first),
      truths: part(all.truths, 0, first),
      weights: all.weights?.subarray(0, first) ?? null,
    },
    {
      rows: all.rows - first,
      inputs: part(all.inputs, first, all.rows),
      truths: part(all.truths, first, all.rows),
      weights: null,
    },
  ];
}

// ---------------------------------------------------------------- what is said

function noteEngine({ engine }: ModelDescription, backend: Backend, listener: FitListener): void {
  if (engine === "native")
    listener.note(
      "warning",
      "engine-unavailable",
      `The native engine comes with a later version of KSpec: this fit runs on TensorFlow.js (${backend.name}).`,
    );
}

function builtLayers(
  realised: Realised,
  parts: Parts,
): { layers: BuiltLayer[]; parameters: { total: number; trainable: number } } {
  const count = (weights: readonly { shape: readonly (number | null)[] }[]) =>
    weights.reduce((sum, { shape }) => sum + shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
  const layers = realised.network.layers.map((layer): BuiltLayer => {
    const instance = realised.layers.get(layer.name)!;
    return {
      block: layer.block,
      name: layer.name,
      class: layer.class_name,
      output_shape: realised.tensor({ layer: layer.name, call: 0 }).shape.slice(1),
      parameters: count(instance.weights),
      trainable: layer.trainable,
      frozen: parts.frozen.has(layer.name),
      reads: [...new Set(layer.calls.flatMap((call) => call.map((from) => from.layer)))],
    };
  });
  return {
    layers,
    parameters: {
      total: layers.reduce((sum, layer) => sum + layer.parameters, 0),
      trainable: realised.network.layers.reduce(
        (sum, { name }) => sum + count(realised.layers.get(name)!.trainableWeights),
        0,
      ),
    },
  };
}
