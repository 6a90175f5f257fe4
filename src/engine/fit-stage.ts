import type { ModelDescription } from "../kspec/description.ts";
import type { Network } from "../model/network.ts";
import type { Backend } from "../protocol/index.ts";
import { builtLayers } from "./built-layers.ts";
import type { FitJob, FitListener, FittedModel } from "./contract.ts";
import { inputNumber, inputPlans, inputShape } from "./describe-network.ts";
import { prepareExamples } from "./prepare-examples.ts";
import { openFeatureStore } from "./feature-store/index.ts";
import { FrozenPrefix, usesNative } from "./features.ts";
import type { FlatNetwork } from "./flatten.ts";
import { inputColumns } from "./inputs.ts";
import { findOptimizer } from "./optimizers.ts";
import { headNetwork, splitOffFrozen, type Parts } from "./prefix.ts";
import { realise, type Realised } from "./realise.ts";
import { planOutputs } from "./targets.ts";
import { disposeWeights, TrainedModel } from "./trained-model.ts";
import { chooseTrainer, type ChosenTrainer } from "./training/choose-trainer.ts";
import { HeadWeights, type NamedWeights } from "./training/head-weights.ts";
import { train } from "./training/train.ts";
import { trainedOutputs, type Settings } from "./training-arguments.ts";

/** One training of a network: of its head, or of a part of its base behind that. */
export interface Stage {
  /** From 0. */
  readonly number: number;
  /** Epochs of the stages before. */
  readonly before: number;
  /** As it was written. */
  readonly network: Network;
  /** With its bases opened: what is trained in this stage says so. */
  readonly flat: FlatNetwork;
  /** `epochs` is the stage's last, counted from the first stage's first. */
  readonly settings: Settings;
  readonly optimizer: unknown;
  /** The fit's last epoch, for the listener. */
  readonly epochsInAll: number;
  /** Weights that the stage before has trained. */
  readonly weights?: NamedWeights;
}

export interface StageResult {
  /** Null where it was cancelled before an epoch was finished. */
  readonly model: FittedModel | null;
  /** Finished, those of the stages before included. */
  readonly epochs: number;
  readonly stopped: "finished" | "early" | "cancelled";
  /** What it has trained; none without a model. */
  readonly weights: NamedWeights;
}

/**
 * Trains what can be trained of a network: all before that is computed once for each row.
 *
 * @throws UserError as `fitModel` does.
 */
export async function fitStage(
  job: FitJob,
  stage: Stage,
  backend: Backend,
  listener: FitListener,
  signal: AbortSignal | undefined,
): Promise<StageResult> {
  const { network, flat, settings } = stage;
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
  const cancelled: StageResult = { model: null, epochs: stage.before, stopped: "cancelled", weights: [] };
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
    if (stage.weights !== undefined) weights.take(stage.weights);
    if (job.resume !== undefined) weights.put(job.resume.weights);
    const optimizer = findOptimizer(stage.optimizer, settings.learnRate);
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
    tellTrainer(chosen, job.model, backend, listener);
    model.settledBy(chosen.trainer);
    const trained = await train(
      {
        ...settings,
        stage: stage.number,
        before: stage.before,
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
          listener.epochEnd(epoch, stage.epochsInAll, logs, model.at(epoch), save),
        reached: async (reached) => listener.reached?.(reached),
        note: (code, message) => listener.note("warning", code, message),
      },
      signal,
    );
    model.settledBy(undefined);
    // It was held open where epochs took their features from the cache.
    await prefix?.rest();
    if (trained.epochs > stage.before || trained.stopped !== "cancelled")
      return {
        model: model.at(trained.epochOfWeights),
        epochs: trained.epochs,
        stopped: trained.stopped,
        weights: weights.read(),
      };
    model.dispose();
    return cancelled;
  } catch (error) {
    if (head !== undefined) disposeWeights(head);
    await prefix?.rest();
    if (signal?.aborted && error === signal.reason) return cancelled;
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

/** Says what trains; also as a warning where the spec asks for ONNX Runtime and something keeps it from that. */
function tellTrainer(
  chosen: ChosenTrainer,
  { engine }: ModelDescription,
  backend: Backend,
  listener: FitListener,
): void {
  listener.trainer?.(
    chosen.native
      ? { name: "onnxruntime", reason: "All that is trained has a form that ONNX Runtime computes." }
      : { name: backend.name, reason: chosen.because },
  );
  if (!chosen.native && engine === "native")
    listener.note(
      "warning",
      "not-native",
      `TensorFlow.js (${backend.name}) trains this network, which is slower than ONNX Runtime. ${chosen.because}`,
    );
}

/** A frozen base behind something that is trained has to be computed in every epoch. */
export function noteHeldBack({ held }: Parts, listener: Pick<FitListener, "note">): void {
  for (const { block, behind } of held)
    listener.note(
      "warning",
      "frozen-above-trainable",
      `Block "${block}" is frozen, but it reads what block "${behind}" gives, which is trained: it is computed again in every epoch, and nothing of it is kept. Freeze "${behind}" as well, or put it behind "${block}".`,
    );
}
