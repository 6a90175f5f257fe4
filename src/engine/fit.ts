import type { FineTuneDescription, KerasObjectDescription } from "../kspec/description.ts";
import type { FitJob, FitListener, FitResult } from "./contract.ts";
import { describeNetwork } from "./describe-network.ts";
import { unfrozen } from "./fine-tune.ts";
import { fitStage, type Stage, type StageResult } from "./fit-stage.ts";
import { flatten } from "./flatten.ts";
import { startTensorFlow } from "./tensorflow/index.ts";
import { readSettings } from "./training-arguments.ts";

/**
 * Builds the network that a model describes and fits it.
 *
 * A frozen base is run once for each row (phase "features"); only the rest is trained. With `fineTune` a part of the base is
 * trained after that. The result's model is the whole network. When `signal` aborts, it has the weights of the last finished epoch.
 *
 * @throws UserError for a spec, data or arguments that cannot be fitted, and for a loss that is no number.
 */
export async function fitModel(job: FitJob, listener: FitListener, signal?: AbortSignal): Promise<FitResult> {
  const backend = await startTensorFlow(job.model.engine, { specFolder: job.specFolder });
  const settings = readSettings(job.model);
  const network = await describeNetwork(job);
  const flat = flatten(network);
  const { fineTune } = job;
  const optimizer = job.model.arguments["compile_optimizer"];
  const head: Stage = {
    number: 0,
    before: 0,
    network,
    flat,
    settings,
    optimizer,
    epochsInAll: settings.epochs + (fineTune?.epochs ?? 0),
  };
  if (fineTune === undefined) return ended(await fitStage(job, head, backend, listener, signal));

  // A mistake in it is told before anything is computed.
  const base = unfrozen(flat, network.layers, fineTune);
  const skipped = job.resume !== undefined && job.resume.stage > 0;
  const first = skipped ? null : await fitStage(job, head, backend, listener, signal);
  if (first !== null && (first.model === null || first.stopped === "cancelled")) return ended(first);
  const before = first?.epochs ?? job.resume!.before;
  const second: Stage = {
    number: 1,
    before,
    network,
    flat: base,
    settings: {
      ...settings,
      epochs: before + fineTune.epochs,
      batchSize: fineTune.batch_size ?? settings.batchSize,
      learnRate: fineTune.learn_rate,
    },
    optimizer: atOtherRate(optimizer),
    epochsInAll: before + fineTune.epochs,
    ...(first === null ? {} : { weights: first.weights }),
  };
  listener.note("information", "fine-tuning", says(fineTune, before));
  let tuned: StageResult;
  try {
    const { resume, ...anew } = job;
    tuned = await fitStage(
      skipped && resume !== undefined ? { ...anew, resume } : anew,
      second,
      backend,
      listener,
      signal,
    );
  } catch (error) {
    first?.model?.dispose();
    throw error;
  }
  // Cancelled before its first epoch: the head's model is what there is.
  if (tuned.model === null && first !== null)
    return { model: first.model, epochs: first.epochs, stopped: "cancelled" };
  first?.model?.dispose();
  return ended(tuned);
}

function ended({ model, epochs, stopped }: StageResult): FitResult {
  return { model, epochs, stopped };
}

/** The optimizer as the model has it, without a learning rate of its own: fine-tuning has another. */
function atOtherRate(argument: unknown): unknown {
  if (typeof argument !== "object" || argument === null) return argument;
  const { config, ...rest } = argument as KerasObjectDescription;
  const { learningRate: _, ...options } = config;
  return { ...rest, config: options };
}

function says({ from, epochs, learn_rate }: FineTuneDescription, before: number): string {
  return `The base is fine-tuned from ${from} on: ${epochs} ${epochs === 1 ? "epoch" : "epochs"} after epoch ${before}, at the learning rate ${learn_rate}.`;
}
