import type { ModelDescription } from "../../kspec/description.ts";
import { UserError, type Backend } from "../../protocol/index.ts";
import type { Prediction } from "../contract.ts";
import { usesNative } from "../features.ts";
import type { Link } from "../losses.ts";
import { NativeTrainer } from "../native/training/native-trainer.ts";
import type { Optimizer } from "../optimizer.ts";
import { predictionsOf } from "../predictions.ts";
import type { Rows } from "../rows.ts";
import type { Settings } from "../training-arguments.ts";
import { checkMemory } from "../training/check-memory.ts";
import { refusal } from "../training/choose-trainer.ts";
import { HeadWeights } from "../training/head-weights.ts";
import { TensorFlowTrainer } from "../training/tensorflow-trainer.ts";
import { train, type Trained } from "../training/train.ts";
import type { Trainer } from "../training/trainer.ts";
import type { TrialFit } from "./contract.ts";
import { LayersPredictor, NativePredictor, type RowsPredictor } from "./predict-rows.ts";
import type { TrialRows } from "./shared-rows.ts";
import type { StartingStates } from "./starting-states.ts";
import type { NativeGraphs, TrialForm, TrialHead } from "./trial-forms.ts";
import { signatureOf } from "./wiring-signature.ts";

/** A trial, all of which is ready. */
export interface ReadyTrial {
  readonly model: ModelDescription;
  readonly backend: Backend;
  readonly settings: Settings;
  readonly stops: readonly number[];
  readonly optimizer: Optimizer;
  readonly form: TrialForm;
  readonly head: TrialHead;
  /** Layers that no fit changes. */
  readonly frozen: ReadonlySet<string>;
  readonly learnt: TrialRows;
  readonly held: TrialRows | null;
  readonly assessed: TrialRows;
  readonly starts: StartingStates;
  note(severity: "warning" | "information", message: string): void;
}

/** Trains the head of a trial and predicts the assessment rows at its stops. */
export async function fitTrial(
  trial: ReadyTrial,
  signal: AbortSignal | undefined,
): Promise<Pick<TrialFit, "predictions" | "history" | "stopped">> {
  const { settings, stops, optimizer, form, learnt, held, assessed } = trial;
  const { trainer, predictor, weights, link } = await openTrainer(trial);
  const predictions = new Map<number, ReadonlyMap<string, Prediction>>();
  const history: TrialFit["history"][number][] = [];
  const epochs = stops.at(-1)!;
  const outputs = form.plans.map((plan, i) => ({ ...plan, link: link(i) }));
  const predict = async () => {
    const results = await predictor.predict(signal);
    refuseNotFinite(results, optimizer.rate(1, 1));
    return predictionsOf(outputs, results, assessed.rows);
  };
  try {
    const { stopped }: Trained = await train(
      {
        ...settings,
        epochs,
        stage: 0,
        before: 0,
        trainer: outliving(trainer),
        batches: Math.ceil(learnt.rows / settings.batchSize),
        validates: held !== null,
        rate: { rate: optimizer.rate(1, 1), scheduled: optimizer.scheduled },
        weights,
      },
      {
        batches: () => undefined,
        epochEnd: async (epoch, logs) => {
          history.push({ epoch, logs });
          if (epoch < epochs && stops.includes(epoch)) predictions.set(epoch, await predict());
        },
        note: (_, message) => trial.note("warning", message),
      },
      signal,
    );
    if (stopped === "cancelled") signal!.throwIfAborted();
    const missing = stops.filter((stop) => !predictions.has(stop));
    if (missing.length > 0) {
      const atEnd = await predict();
      for (const stop of missing) predictions.set(stop, atEnd);
    }
    return { predictions, history, stopped };
  } finally {
    await predictor.release();
    await trainer.dispose();
  }
}

interface Open {
  readonly trainer: Trainer;
  readonly predictor: RowsPredictor;
  readonly weights: Pick<HeadWeights, "read" | "put">;
  /** What is still to be applied to an output before it is probabilities. */
  readonly link: (output: number) => Link;
}

async function openTrainer(trial: ReadyTrial): Promise<Open> {
  const { form, head, frozen, model, settings, assessed } = trial;
  let because = "because" in form.native ? form.native.because : undefined;
  if (!("because" in form.native)) {
    checkMemory(form.native.graph, settings);
    try {
      return await openNatively(trial, form.native);
    } catch (error) {
      because = refusal(error);
    }
  }
  if (usesNative(model.engine))
    trial.note(
      model.engine === "native" ? "warning" : "information",
      `TensorFlow.js (${trial.backend.name}) trains this network, which is slower than ONNX Runtime. ${because}`,
    );
  const built = head.realised();
  return {
    trainer: new TensorFlowTrainer({ ...trainingOf(trial), head: built.model }),
    predictor: new LayersPredictor(built, assessed, usesNative(model.engine)),
    weights: new HeadWeights(built, frozen),
    link: (output) => form.outputs[output]!.loss.link,
  };
}

/** @throws Error when ONNX Runtime refuses a graph. */
async function openNatively(trial: ReadyTrial, graphs: NativeGraphs): Promise<Open> {
  const { form, head, optimizer, learnt, held, assessed, starts } = trial;
  const training = trainingOf(trial);
  const trainer = await NativeTrainer.open({
    ...training,
    ...graphs,
    head: null,
    keeper: {
      rows: (examples, graph) =>
        examples === training.train
          ? learnt.feeds(graph.inputs, keyOf(trial, "learnt"), examples)
          : held!.feeds(graph.inputs, keyOf(trial, "held"), examples),
      start: () => starts.of(form, graphs.graph, head, optimizer),
    },
  });
  try {
    const predictor = await NativePredictor.open(graphs.forward, assessed, trainer);
    return { trainer, predictor, weights: nobodyAsks, link: () => "none" };
  } catch (error) {
    await trainer.dispose();
    throw error;
  }
}

/** No checkpoint is made of a trial, and none is gone on from. */
const nobodyAsks: Open["weights"] = {
  read: () => [],
  put: () => undefined,
};

function trainingOf(trial: ReadyTrial) {
  const { settings, form, optimizer, learnt, held, head } = trial;
  return {
    ...settings,
    outputs: form.outputs,
    optimizer,
    train: learnt.examples(form.plans, settings.classWeight, keyOf(trial, "learnt")),
    validation: held?.examples(form.plans, undefined, keyOf(trial, "held")) ?? null,
    seed: head.seed,
  };
}

/** Stands for truths and weights of rows. */
function keyOf({ form, settings }: ReadyTrial, which: "learnt" | "held"): string {
  return signatureOf([form.plans, which === "learnt" ? settings.classWeight : null]) ?? form.key;
}

/** A training lets go of its trainer at the end, and here its last weights are still predicted with. */
function outliving(trainer: Trainer): Trainer {
  return {
    trainEpoch: (...given) => trainer.trainEpoch(...given),
    validate: (...given) => trainer.validate(...given),
    keep: () => trainer.keep(),
    restore: (kept) => trainer.restore(kept),
    settle: () => trainer.settle(),
    optimizerState: () => trainer.optimizerState(),
    resume: (state) => trainer.resume(state),
    dispose: () => Promise.resolve(),
  };
}

/** The last step of a training may have spoilt the weights, and no loss has seen it. */
function refuseNotFinite(results: readonly Rows[], rate: number): void {
  if (results.every(({ values }) => values.every(Number.isFinite))) return;
  throw new UserError(
    "loss-not-finite",
    `The predictions of the assessment rows are no numbers: the weights have run away. Lower learn_rate (it is ${Number(rate.toPrecision(6))}), or bring the inputs to a small range (step_rescale, step_normalize).`,
  );
}
