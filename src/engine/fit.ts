import type { ModelDescription } from "../kspec/description.ts";
import type { Network } from "../model/network.ts";
import type { Backend } from "../protocol/index.ts";
import { builtLayers } from "./built-layers.ts";
import type { FitJob, FitListener, FitResult } from "./contract.ts";
import { describeNetwork, inputNumber, inputPlans, inputShape } from "./describe-network.ts";
import { prepareExamples } from "./examples.ts";
import { openFeatureStore } from "./feature-store/index.ts";
import { FrozenPrefix, usesNative } from "./features.ts";
import { flatten } from "./flatten.ts";
import { inputColumns } from "./inputs.ts";
import { findOptimizer } from "./optimizers.ts";
import { headNetwork, splitOffFrozen, type Parts } from "./prefix.ts";
import { realise, type Realised } from "./realise.ts";
import { planOutputs } from "./targets.ts";
import { startTensorFlow } from "./tensorflow/index.ts";
import { disposeWeights, TrainedModel } from "./trained-model.ts";
import { chooseTrainer, type ChosenTrainer } from "./training/choose-trainer.ts";
import { HeadWeights } from "./training/head-weights.ts";
import { train } from "./training/train.ts";
import { readSettings, trainedOutputs } from "./training-arguments.ts";

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
    const frozen = new Set(flat.layers.filter((layer) => !layer.trainable).map(({ name }) => name));
    const weights = new HeadWeights(head, frozen);
    if (job.resume !== undefined) weights.put(job.resume.weights);
    const optimizer = findOptimizer(job.model.arguments["compile_optimizer"], settings.learnRate);
    const model = new TrainedModel(
      {
        backend,
        network,
        prefix,
        given: parts.features.map(({ layer }) => inputNumber(network, layer)),
        head,
        held: frozen,
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

    const [learnt, held] = await prepareExamples(
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
    const chosen = await chooseTrainer(
      { ...settings, head: head.model, outputs, optimizer, train: learnt, validation: held, seed: job.seed },
      head,
      job.model.engine,
    );
    noteTrainer(chosen, job.model, backend, listener);
    model.settledBy(chosen.trainer);
    const trained = await train(
      {
        ...settings,
        trainer: chosen.trainer,
        batches: Math.ceil(learnt.rows / settings.batchSize),
        validates: held !== null,
        rate: { rate: optimizer.rate(1, 1), scheduled: optimizer.scheduled },
        weights,
        resume: job.resume,
      },
      {
        batches: (done, total) => listener.progress("fit", done, total, "batches"),
        epochEnd: (epoch, logs, save) =>
          listener.epochEnd(epoch, settings.epochs, logs, model.at(epoch), save),
        reached: async (reached) => listener.reached?.(reached),
        note: (code, message) => listener.note("warning", code, message),
      },
      signal,
    );
    model.settledBy(undefined);
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

/** Why ONNX Runtime does not train, where it was asked to, or where that says something of this network. */
function noteTrainer(
  chosen: ChosenTrainer,
  { engine }: ModelDescription,
  backend: Backend,
  listener: FitListener,
): void {
  if (chosen.native || engine === "tensorflow" || engine === "wasm") return;
  listener.note(
    engine === "native" ? "warning" : "information",
    "not-native",
    `TensorFlow.js (${backend.name}) trains this network, which is slower than ONNX Runtime. ${chosen.because}`,
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
