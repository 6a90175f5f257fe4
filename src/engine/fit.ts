import type { Baked, InputColumn, Outcome } from "../data/baked.ts";
import { readAll } from "../data/read-all.ts";
import type { CallbackDescription, ModelDescription } from "../kspec/description.ts";
import type { Network, TensorReference } from "../model/network.ts";
import { UserError, type Backend, type BuiltLayer } from "../protocol/index.ts";
import type { FitJob, FitListener, FitResult } from "./contract.ts";
import { describeNetwork, inputNumber, inputPlans, inputShape } from "./describe-network.ts";
import { findEpochMetric } from "./epoch-metrics.ts";
import { openFeatureStore } from "./feature-store/index.ts";
import { FrozenPrefix, usesNative, type FeatureProgress } from "./features.ts";
import { flatten, type FlatNetwork } from "./flatten.ts";
import { inputColumns, plainColumns, someRows, viewsOf, type InputPlan } from "./inputs.ts";
import { findLoss } from "./losses.ts";
import { findOptimizer } from "./optimizers.ts";
import { ONNX_MODEL } from "./onnx-base/index.ts";
import { headNetwork, splitOffFrozen, type Parts } from "./prefix.ts";
import { realise, type Realised } from "./realise.ts";
import type { Rows } from "./rows.ts";
import { planOutputs, rowWeights, truthOf, type OutputPlan } from "./targets.ts";
import { startTensorFlow } from "./tensorflow/index.ts";
import { train, type Examples, type TrainedOutput } from "./train.ts";
import { disposeWeights, TrainedModel } from "./trained-model.ts";

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
  const flat = flatten(network);
  const parts = splitOffFrozen(flat);
  noteHeldBack(parts, listener);
  const inputs = inputPlans(network);
  const prefix =
    parts.prefix === null
      ? null
      : await FrozenPrefix.open({
          network: parts.prefix,
          inputs,
          columns: inputColumns(inputs, job.train),
          engine: job.model.engine,
          backend: backend.name,
          seed: job.seed,
          store: job.store === undefined ? openFeatureStore() : job.store,
          note: (...note) => listener.note(...note),
        });
  let head: Realised | undefined;
  try {
    head = realise(headNetwork(flat, parts, featureShapes(flat, parts, prefix)), job.seed);
    const outputOf = head.tensor.bind(head);
    const { layers, parameters } = builtLayers(network, flat, parts, head, prefix);
    listener.built(layers, parameters);

    const plans = planOutputs(
      network.name,
      job.model.spec.mode,
      new Map(head.network.outputs.map(({ name, from }) => [name, outputOf(from).shape.slice(1)])),
      job.train.outcomes,
    );
    const outputs = trainedOutputs(job.model, plans);
    const optimizer = findOptimizer(job.model.arguments["compile_optimizer"], settings.learnRate);
    const model = new TrainedModel(
      {
        backend,
        network,
        prefix,
        given: parts.features.map(({ layer }) => inputNumber(network, layer)),
        head,
        held: new Set(flat.layers.filter((layer) => !layer.trainable).map(({ name }) => name)),
        mayBeNative: usesNative(job.model.engine),
      },
      {
        kspec: 1,
        epoch: 0,
        inputs,
        outputs: plans.map((plan, i) => ({ ...plan, link: outputs[i]!.loss.link })),
        frozen: network.layers.filter((layer) => !layer.trainable).map(({ name }) => name),
      },
    );

    const [learnt, held] = await prepare(
      job,
      parts,
      network,
      inputs,
      plans,
      settings,
      prefix,
      listener,
      signal,
    );
    listener.phase("fit");
    const trained = await train(
      {
        ...settings,
        head: head.model,
        outputs,
        optimizer,
        train: learnt,
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
    if (trained.epochs > 0 || trained.stopped !== "cancelled")
      return { model: model.at(trained.epochOfWeights), epochs: trained.epochs, stopped: trained.stopped };
    model.dispose();
    return { model: null, epochs: 0, stopped: "cancelled" };
  } catch (error) {
    if (head !== undefined) disposeWeights(head);
    await prefix?.rest();
    if (signal?.aborted && error === signal.reason) return { model: null, epochs: 0, stopped: "cancelled" };
    throw error;
  }
}

/** Of one row of every tensor between the parts. */
function featureShapes(
  network: Network,
  { features }: Parts,
  prefix: FrozenPrefix | null,
): (readonly (number | null)[])[] {
  let computed = 0;
  return features.map(({ layer }) =>
    inputNumber(network, layer) === null ? prefix!.shapes[computed++]! : inputShape(network, layer),
  );
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

/** The rows to learn from and those to validate on, as the head takes them. */
async function prepare(
  job: FitJob,
  parts: Parts,
  network: Network,
  inputs: readonly InputPlan[],
  plans: readonly OutputPlan[],
  settings: Settings,
  prefix: FrozenPrefix | null,
  listener: FitListener,
  signal: AbortSignal | undefined,
): Promise<[Examples, Examples | null]> {
  if (job.train.rows === 0) throw new UserError("no-rows", "There are no rows to train on.");
  const [learnt, held] = rowSets(job, inputs, settings);
  const sets = held === null ? [learnt] : [learnt, held];
  const later =
    job.test === undefined || prefix?.keeps !== true
      ? undefined
      : plainColumns(inputColumns(inputs, job.test));
  const unit = inputs.some(({ shape }) => shape.length === 3) ? "images" : "rows";
  const total = sets.reduce(
    (sum, { rows, columns }) => sum + rows * (prefix?.views(columns) ?? 1),
    later === undefined ? 0 : job.test!.rows,
  );
  if (prefix !== null) {
    listener.phase("features");
    listener.progress("features", 0, total, unit);
  }
  const examples: Examples[] = [];
  let done = 0;
  let cached = 0;
  let last = { done: 0, cached: 0 };
  const tell = (progress: FeatureProgress) => {
    last = progress;
    // What cannot be found again has not been kept either, and nothing is said of a cache.
    const kept = prefix!.keeps ? cached + progress.cached : undefined;
    listener.progress("features", done + progress.done, total, unit, kept);
  };
  const finish = () => {
    done += last.done;
    cached += last.cached;
    last = { done: 0, cached: 0 };
  };
  for (const { rows, columns, outcomes } of sets) {
    const features = prefix === null ? [] : await prefix.all(columns, rows, signal, tell);
    finish();
    let computed = 0;
    const taken: { rows: Rows; views: number }[] = [];
    for (const { layer } of parts.features) {
      const input = inputNumber(network, layer);
      if (input === null) {
        taken.push({ rows: features[computed++]!, views: prefix!.views(columns) });
      } else {
        const column = columns[input]!;
        taken.push({ rows: await inMemory(column, rows, listener, signal), views: viewsOf([column]) });
      }
    }
    examples.push({
      rows,
      inputs: taken.map((one) => one.rows),
      views: taken.map((one) => one.views),
      truths: plans.map((plan) => truthOf(plan, outcomes, rows)),
      // Keras weighs the rows that are learnt from, not those that are validated on.
      weights: examples.length === 0 ? rowWeights(settings.classWeight, plans, outcomes) : null,
    });
  }
  // Nobody holds these: they lie in the cache until they are asked for.
  if (prefix?.keeps === true && later !== undefined)
    for await (const _ of prefix.chunks(later, job.test!.rows, signal, tell));
  await prefix?.rest();
  return [examples[0]!, examples[1] ?? null];
}

/** Some rows: what the network's inputs read, in its order, and what is to be learnt. */
interface RowSet {
  readonly rows: number;
  readonly columns: readonly InputColumn[];
  readonly outcomes: Baked["outcomes"];
}

/** Validation rows are the dataset's own, or Keras's `validation_split`: the last fraction, before any shuffling. They have no random variants. */
function rowSets(
  { train: all, validation }: FitJob,
  inputs: readonly InputPlan[],
  { validationSplit: share }: Settings,
): [RowSet, RowSet | null] {
  const columns = inputColumns(inputs, all);
  const whole = { rows: all.rows, columns, outcomes: all.outcomes };
  if (validation !== undefined)
    return [
      whole,
      {
        rows: validation.rows,
        columns: plainColumns(inputColumns(inputs, validation)),
        outcomes: validation.outcomes,
      },
    ];
  if (share === 0) return [whole, null];
  const first = Math.floor(all.rows * (1 - share));
  if (first === 0 || first === all.rows)
    throw new UserError(
      "validation-split",
      `fit_validation_split: ${share} of ${all.rows} rows leaves ${first} to learn from and ${all.rows - first} to validate on. Choose another share.`,
    );
  const part = (from: number, to: number): RowSet => ({
    rows: to - from,
    columns: columns.map((column) => someRows(column, from, to)),
    outcomes: new Map([...all.outcomes].map(([name, outcome]) => [name, someOutcomes(outcome, from, to)])),
  });
  const held = part(first, all.rows);
  return [part(0, first), { ...held, columns: plainColumns(held.columns) }];
}

function someOutcomes(outcome: Outcome, from: number, to: number): Outcome {
  return outcome.kind === "numeric"
    ? { ...outcome, values: outcome.values.subarray(from, to) }
    : { ...outcome, codes: outcome.codes.subarray(from, to) };
}

/** What a network without a frozen base reads in every epoch. */
async function inMemory(
  column: InputColumn,
  rows: number,
  listener: FitListener,
  signal: AbortSignal | undefined,
): Promise<Rows> {
  if (column.kind === "tensor") return { shape: column.shape, values: column.values };
  return readAll(column, rows, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total, unit) => listener.progress("load", done, total, unit),
  });
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

/** A frozen base behind something that is trained has to be computed in every epoch. */
function noteHeldBack({ held }: Parts, listener: FitListener): void {
  for (const { block, behind } of held)
    listener.note(
      "warning",
      "frozen-above-trainable",
      `Block "${block}" is frozen, but it reads what block "${behind}" gives, which is trained: it is computed again in every epoch, and nothing of it is kept. Freeze "${behind}" as well, or put it behind "${block}".`,
    );
}

function builtLayers(
  network: Network,
  flat: FlatNetwork,
  parts: Parts,
  head: Realised,
  prefix: FrozenPrefix | null,
): { layers: BuiltLayer[]; parameters: { total: number; trainable: number } } {
  const count = (weights: Iterable<{ shape: readonly (number | null)[] }>) =>
    [...weights].reduce((sum, { shape }) => sum + shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
  const own = new Map(flat.layers.map((layer) => [layer.name, layer]));
  const parametersOf = (name: string) =>
    // A base from an .onnx file says by itself how many it has.
    own.get(name)?.class_name === ONNX_MODEL
      ? Number(own.get(name)!.config["parameters"] ?? 0)
      : head.layers.has(name)
        ? count(head.layers.get(name)!.weights)
        : count(
            own.get(name)?.weights?.values() ??
              [...(prefix?.weights ?? [])].flatMap(([weight, values]) =>
                weight.startsWith(`${name}/`) ? [values] : [],
              ),
          );
  const shapeOf = ({ layer, call }: TensorReference) =>
    head.layers.has(layer) && !parts.frozen.has(layer)
      ? head.tensor({ layer, call }).shape.slice(1)
      : (prefix?.layerShapes.get(layer) ?? inputShape(network, layer));
  const layers = network.layers.map((layer): BuiltLayer => {
    const inside = flat.within.get(layer.name)!;
    return {
      block: layer.block,
      name: layer.name,
      class: layer.class_name,
      output_shape: shapeOf(flat.at({ layer: layer.name, call: 0 })),
      parameters: inside.reduce((sum, name) => sum + parametersOf(name), 0),
      trainable: layer.trainable,
      frozen: inside.length > 0 && inside.every((name) => parts.frozen.has(name)),
      reads: [...new Set(layer.calls.flatMap((call) => call.map((from) => from.layer)))],
    };
  });
  return {
    layers,
    parameters: {
      total: layers.reduce((sum, layer) => sum + layer.parameters, 0),
      trainable: [...head.layers.values()].reduce((sum, layer) => sum + count(layer.trainableWeights), 0),
    },
  };
}
