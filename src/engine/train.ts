import type { CallbackDescription } from "../kspec/description.ts";
import { UserError } from "../protocol/index.ts";
import { EarlyStopping } from "./early-stopping.ts";
import type { EpochMetric } from "./epoch-metrics.ts";
import { linked, type Loss } from "./losses.ts";
import type { Optimizer } from "./optimizers.ts";
import { randomStream, shuffled, withRandomness } from "./random.ts";
import { breathe, gather, sliceTensor, type Rows } from "./rows.ts";
import { keepingLogits } from "./tensorflow/logits.ts";
import { tf, type LayersModel, type Scalar, type Tensor, type Variable } from "./tensorflow/index.ts";

/** One output with what it learns. */
export interface TrainedOutput {
  /** Prefix of its keys in the log where there are several outputs. */
  readonly name: string;
  readonly loss: Loss;
  readonly metrics: readonly EpochMetric[];
}

/** Rows to learn from, or to validate on. */
export interface Examples {
  readonly rows: number;
  readonly inputs: readonly Rows[];
  /** How many random variants of each row every input has, one after the other; an epoch draws one. Default 1. */
  readonly views?: readonly number[];
  readonly truths: readonly Rows[];
  /** Weight of each row in the loss; null: 1. */
  readonly weights: Float32Array | null;
}

export interface Training {
  readonly head: LayersModel;
  readonly outputs: readonly TrainedOutput[];
  readonly optimizer: Optimizer;
  readonly train: Examples;
  readonly validation: Examples | null;
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly callbacks: readonly CallbackDescription[];
  readonly seed: number;
  /** For the message when the loss is no number. */
  readonly learnRate: number;
}

export interface TrainingListener {
  batches(done: number, total: number): void;
  epochEnd(epoch: number, logs: Readonly<Record<string, number>>): Promise<void>;
  note(code: string, message: string): void;
}

export interface Trained {
  /** Epochs that were finished. */
  readonly epochs: number;
  /** The epoch whose weights the model has now. */
  readonly epochOfWeights: number;
  readonly stopped: "finished" | "early" | "cancelled";
}

/**
 * Trains a network as Keras's `fit` does: rows in a new order each epoch, a smaller last batch, losses averaged
 * over rows, metrics running over batches, validation in inference mode after each epoch.
 *
 * When `signal` aborts, the weights of the last finished epoch are put back.
 *
 * @throws UserError when the loss is no finite number.
 */
export async function train(
  job: Training,
  listener: TrainingListener,
  signal?: AbortSignal,
): Promise<Trained> {
  const stoppers = job.callbacks.map((callback) => new EarlyStopping(callback.options));
  const restoring = stoppers.find((stopper) => stopper.restoresBest);
  const weights = new Weights(job.head);
  const step = trainStep(job);
  const steps = Math.ceil(job.train.rows / job.batchSize);
  let last = weights.copy();
  let best: Tensor[] | null = restoring === undefined ? null : weights.copy();
  let finished = 0;
  let stopped: Trained["stopped"] = "finished";

  try {
    for (let epoch = 1; epoch <= job.epochs && stopped === "finished"; epoch++) {
      const logs = await trainEpoch(
        job,
        step,
        epoch,
        (done) => listener.batches((epoch - 1) * steps + done, steps * job.epochs),
        signal,
      );
      if (
        logs === null ||
        (job.validation !== null && !(await validate(job, job.validation, logs, signal)))
      ) {
        weights.restore(last);
        stopped = "cancelled";
        break;
      }
      tf.dispose(last);
      last = weights.copy();
      finished = epoch;
      for (const stopper of stoppers) {
        const verdict = stopper.see(epoch, logs);
        if (verdict === null && epoch === 1)
          listener.note("early-stopping-monitor", missingMonitor(stopper, logs));
        if (verdict?.stop) stopped = "early";
        if (verdict?.keep && stopper === restoring) {
          tf.dispose(best!);
          best = weights.copy();
        }
      }
      await listener.epochEnd(epoch, logs);
      if (signal?.aborted && stopped === "finished" && epoch < job.epochs) stopped = "cancelled";
    }
    const restores = best !== null && restoring!.bestEpoch > 0 && stopped !== "cancelled";
    if (restores) weights.restore(best!);
    return { epochs: finished, epochOfWeights: restores ? restoring!.bestEpoch : finished, stopped };
  } finally {
    tf.dispose([last, best ?? []]);
    job.optimizer.dispose();
  }
}

/** One epoch; null when it was cancelled. */
async function trainEpoch(
  job: Training,
  step: Step,
  epoch: number,
  onBatch: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<Record<string, number> | null> {
  const { rows } = job.train;
  const order = job.shuffle
    ? shuffled(rows, randomStream(job.seed, "shuffle", epoch))
    : Int32Array.from({ length: rows }, (_, i) => i);
  const drawn = drawViews(job, epoch);
  const running = new RunningLog(job.outputs);
  let batch = 0;
  for (let from = 0; from < rows; from += job.batchSize) {
    if (signal?.aborted) return null;
    const indices = order.subarray(from, Math.min(rows, from + job.batchSize));
    const losses = withRandomness(randomStream(job.seed, "step", epoch, batch), () =>
      step(indices, drawn, running),
    );
    if (!Number.isFinite(losses[0])) throw notFinite(job, epoch, losses[0]!);
    running.add(losses, indices.length);
    onBatch(++batch);
    await breathe();
  }
  return running.logs("");
}

/** Which variant of each row this epoch learns from: one and the same in all inputs that have several. */
function drawViews({ seed, train: { rows, views = [] } }: Training, epoch: number): Int32Array | null {
  const most = Math.max(1, ...views);
  if (most === 1) return null;
  const random = randomStream(seed, "views", epoch);
  return Int32Array.from({ length: rows }, () => Math.floor(random() * most));
}

/** Adds the `val_` values to the log; false when it was cancelled. */
async function validate(
  job: Training,
  { rows, inputs, truths, weights }: Examples,
  logs: Record<string, number>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const running = new RunningLog(job.outputs);
  const batchSize = Math.max(job.batchSize, 128);
  for (let from = 0; from < rows; from += batchSize) {
    if (signal?.aborted) return false;
    const to = Math.min(rows, from + batchSize);
    tidyWithLogits(() => {
      const estimates = apply(
        job.head,
        inputs.map((input) => sliceTensor(input, from, to)),
        false,
      );
      const truth = truths.map((one) => sliceTensor(one, from, to));
      const rowWeights = weights === null ? null : tf.tensor1d(weights.subarray(from, to));
      const { total, parts } = totalLoss(job, truth, estimates, rowWeights);
      running.add([scalar(total), ...parts.map(scalar)], to - from);
      running.see(truth, estimates);
    });
    await breathe();
  }
  Object.assign(logs, running.logs("val_"));
  return true;
}

/** Trains on these rows; gives the total loss and each output's. */
type Step = (indices: Int32Array, drawn: Int32Array | null, running: RunningLog) => number[];

function trainStep(job: Training): Step {
  const { head, optimizer, train } = job;
  // A layer that is applied twice would be counted twice.
  const trainable = [...new Set(head.trainableWeights)];
  const variables = trainable.map((weight) => weight.read() as Variable);
  const constrained = trainable.filter((weight) => constraintOf(weight) !== null);

  return (indices, drawn, running) =>
    tidyWithLogits(() => {
      const inputs = train.inputs.map((input, i) => {
        const views = train.views?.[i] ?? 1;
        const entries = views === 1 ? indices : indices.map((row) => row * views + drawn![row]!);
        return gather(input, entries);
      });
      const truths = train.truths.map((truth) => gather(truth, indices));
      const rowWeights =
        train.weights === null ? null : tf.tensor1d(Float32Array.from(indices, (i) => train.weights![i]!));
      let estimates: Tensor[] = [];
      let parts: Scalar[] = [];
      const { value, grads } = tf.variableGrads(() => {
        const outputs = apply(head, inputs, true);
        const losses = totalLoss(job, truths, outputs, rowWeights);
        // What leaves the gradient's own scope must be kept, and is disposed below.
        estimates = outputs.map((output) => tf.keep(tf.clone(output)));
        parts = losses.parts.map((part) => tf.keep(tf.clone(part)));
        return losses.total;
      }, variables);
      const losses = [scalar(value), ...parts.map(scalar)];
      // The weights of a step whose loss is no number would be lost; the caller stops here.
      if (Number.isFinite(losses[0])) {
        optimizer.applyGradients(grads);
        for (const weight of constrained) weight.write(constraintOf(weight)!.apply(weight.read()));
        running.see(truths, estimates);
      }
      tf.dispose([estimates, parts]);
      return losses;
    });
}

/** Losses may ask for what the last activation was given. */
function tidyWithLogits<Result extends number[] | void>(work: () => Result): Result {
  return keepingLogits(() => tf.tidy(work));
}

function apply(head: LayersModel, inputs: readonly Tensor[], training: boolean): Tensor[] {
  const outputs = head.apply(inputs.length === 1 ? inputs[0]! : [...inputs], { training }) as
    Tensor | Tensor[];
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** The sum of the outputs' losses and of the penalties on trainable weights; and each output's alone. */
function totalLoss(
  job: Training,
  truths: readonly Tensor[],
  estimates: readonly Tensor[],
  rowWeights: Tensor | null,
): { total: Scalar; parts: Scalar[] } {
  const parts = job.outputs.map((output, i): Scalar => {
    let perRow = output.loss.perRow(truths[i]!, estimates[i]!);
    if (perRow.rank > 1) perRow = tf.mean(tf.reshape(perRow, [perRow.shape[0]!, -1]), -1);
    if (rowWeights !== null) {
      if (perRow.rank === 0)
        throw new UserError(
          "class-weight",
          "fit_class_weight needs a loss that gives one value a row, and this function gives one for the batch.",
        );
      perRow = tf.mul(perRow, rowWeights);
    }
    return tf.mean(perRow);
  });
  let total: Scalar = parts.length === 1 ? parts[0]! : (tf.addN(parts) as Scalar);
  for (const penalty of penalties(job.head)) total = tf.add(total, penalty);
  return { total, parts };
}

function penalties(head: LayersModel): Scalar[] {
  return head.layers.flatMap((layer) => (layer.trainable ? (layer.calculateLosses() as Scalar[]) : []));
}

function scalar(tensor: Scalar): number {
  return tensor.dataSync<"float32">()[0]!;
}

/** Losses and metrics of an epoch so far. */
class RunningLog {
  readonly #outputs: readonly TrainedOutput[];
  #sums: number[] = [];
  #rows = 0;

  constructor(outputs: readonly TrainedOutput[]) {
    this.#outputs = outputs;
    for (const { metrics } of outputs) for (const metric of metrics) metric.reset();
  }

  add(losses: readonly number[], rows: number): void {
    this.#sums = losses.map((loss, i) => (this.#sums[i] ?? 0) + loss * rows);
    this.#rows += rows;
  }

  see(truths: readonly Tensor[], estimates: readonly Tensor[]): void {
    tf.tidy(() => {
      for (const [i, { loss, metrics }] of this.#outputs.entries()) {
        const estimate = linked(loss.link, estimates[i]!);
        for (const metric of metrics) metric.update(truths[i]!, estimate);
      }
    });
  }

  /** Keras's keys: `loss`, then `accuracy`; with several outputs `{output}_loss`, `{output}_accuracy`. */
  logs(prefix: string): Record<string, number> {
    const logs: Record<string, number> = { [`${prefix}loss`]: this.#sums[0]! / this.#rows };
    const several = this.#outputs.length > 1;
    if (several)
      for (const [i, { name }] of this.#outputs.entries())
        logs[`${prefix}${name}_loss`] = this.#sums[i + 1]! / this.#rows;
    for (const { name, metrics } of this.#outputs)
      for (const metric of metrics)
        logs[`${prefix}${several ? `${name}_` : ""}${metric.name}`] = metric.result();
    return logs;
  }
}

/** All weights that a fit can change, moving averages included. */
class Weights {
  readonly #weights: LayersModel["weights"];
  constructor(head: LayersModel) {
    this.#weights = [
      ...new Set(head.layers.filter((layer) => layer.trainable).flatMap((layer) => layer.weights)),
    ];
  }
  copy(): Tensor[] {
    return this.#weights.map((weight) => tf.keep(tf.clone(weight.read())));
  }
  restore(values: readonly Tensor[]): void {
    for (const [i, weight] of this.#weights.entries())
      (weight.read() as Variable).assign(tf.clone(values[i]!));
  }
}

interface Constraint {
  apply(weight: Tensor): Tensor;
}
function constraintOf(weight: object): Constraint | null {
  return (weight as { constraint?: Constraint | null }).constraint ?? null;
}

function notFinite(job: Training, epoch: number, loss: number): UserError {
  return new UserError(
    "loss-not-finite",
    `The loss became ${Number.isNaN(loss) ? "NaN" : "infinite"} in epoch ${epoch}: the weights have run away. ` +
      `Lower learn_rate (it is ${job.learnRate}), or bring the inputs to a small range (step_rescale, step_normalize).`,
  );
}

function missingMonitor(stopper: EarlyStopping, logs: Readonly<Record<string, number>>): string {
  const remedy = stopper.monitor.startsWith("val_")
    ? " Set fit_validation_split, or monitor one of these."
    : "";
  return `earlyStopping watches "${stopper.monitor}", which the epoch log does not have (${Object.keys(logs).join(", ")}), so it never stops the fit.${remedy}`;
}
