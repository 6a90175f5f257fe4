import { linked } from "../losses/loss.ts";
import { totalLoss } from "../losses/total-loss.ts";
import type { Optimizer } from "../optimizer.ts";
import { randomStream, withRandomness } from "../random.ts";
import { breathe, gather, sliceTensor } from "../rows.ts";
import { activityPenalties, keepingActivityPenalties } from "../tensorflow/activity-penalties.ts";
import { AppliedOptimizer } from "../tensorflow/applied-optimizer.ts";
import { withDraws } from "../tensorflow/drawn-layers.ts";
import { keepingLogits, keptCopy } from "../tensorflow/logits.ts";
import { tensorflowMath } from "../tensorflow/tensor-math.ts";
import { tf, type LayersModel, type Scalar, type Tensor, type Variable } from "../tensorflow/index.ts";
import { weightConstraints, weightPenalties } from "../tensorflow/weight-rules.ts";
import type { TrainedOutput } from "../training-arguments.ts";
import { EpochLog } from "./epoch-log.ts";
import { entriesOf, orderOfEpoch, type Examples } from "./examples.ts";
import { NotFinite, type Kept, type Log, type OptimizerState, type Trainer } from "./trainer.ts";

/** What both trainers work with. */
export interface TrainingJob {
  readonly head: LayersModel;
  readonly outputs: readonly TrainedOutput[];
  readonly optimizer: Optimizer;
  readonly train: Examples;
  readonly validation: Examples | null;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Trains on TensorFlow.js, batch by batch. */
export class TensorFlowTrainer implements Trainer {
  readonly #job: TrainingJob;
  readonly #variables: readonly Variable[];
  readonly #constrain: () => void;
  /** All that a fit can change, moving averages included. */
  readonly #weights: LayersModel["weights"];
  readonly #optimizer: AppliedOptimizer;
  readonly #penalties: () => readonly Tensor[];

  constructor(job: TrainingJob) {
    this.#job = job;
    const { head, optimizer } = job;
    // A layer that is applied twice would be counted twice.
    const trainable = [...new Set(head.trainableWeights)];
    this.#variables = trainable.map((weight) => weight.read() as Variable);
    this.#constrain = weightConstraints(head);
    this.#weights = [
      ...new Set(head.layers.filter((layer) => layer.trainable).flatMap((layer) => layer.weights)),
    ];
    this.#penalties = weightPenalties(head);
    this.#optimizer = new AppliedOptimizer(
      optimizer,
      new Map(trainable.map((weight) => [weight.originalName, weight.read() as Variable])),
    );
  }

  async trainEpoch(
    epoch: number,
    factor: number,
    onBatch: (done: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<Log | null> {
    const { train, batchSize, outputs, seed } = this.#job;
    const { rows } = train;
    const { order, drawn } = orderOfEpoch(this.#job, epoch);
    const log = new EpochLog(outputs);
    for (let step = 0, from = 0; from < rows; step++, from += batchSize) {
      if (signal?.aborted) return null;
      const indices = order.subarray(from, Math.min(rows, from + batchSize));
      const inputs = await this.#inputs(indices, drawn, signal);
      // Layers draw as in the native engine; what functions of the spec draw has a stream of its own.
      const values = withRandomness(randomStream(seed, "step", epoch, step), () =>
        withDraws({ seed, epoch, step }, () => this.#step(inputs, indices, factor)),
      );
      if (!Number.isFinite(values[0])) throw new NotFinite(values[0]!);
      log.add(values, indices.length);
      onBatch(step + 1);
      await breathe();
    }
    return log.log();
  }

  /** Of a batch, one array for each input. */
  #inputs(
    indices: Int32Array,
    drawn: Int32Array | null,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const { train } = this.#job;
    return Promise.all(
      train.inputs.map((input, i) => {
        const views = train.views?.[i] ?? 1;
        const entries = views === 1 ? indices : indices.map((row) => row * views + drawn![row]!);
        return entriesOf(input, entries, signal);
      }),
    );
  }

  #step(batch: readonly Float32Array[], indices: Int32Array, factor: number): number[] {
    const { head, train } = this.#job;
    return tidyWithLogits(() => {
      const inputs = batch.map((values, i) => tf.tensor(values, [indices.length, ...train.inputs[i]!.shape]));
      const truths = train.truths.map((truth) => gather(truth, indices));
      const rowWeights =
        train.weights === null ? null : tf.tensor1d(Float32Array.from(indices, (i) => train.weights![i]!));
      let estimates: Tensor[] = [];
      let parts: Scalar[] = [];
      const { value, grads } = tf.variableGrads(() => {
        const outputs = apply(head, inputs, true);
        const losses = this.#losses(truths, outputs, rowWeights);
        // What leaves the gradient's own scope must be kept, and is disposed below.
        estimates = outputs.map((output) => keptCopy(tf, output));
        parts = losses.parts.map((part) => tf.keep(tf.clone(part)));
        return losses.total;
      }, [...this.#variables]);
      const values = [scalar(value), ...parts.map(scalar)];
      // The weights of a step whose loss is no number would be lost; the caller stops here.
      if (Number.isFinite(values[0])) {
        this.#optimizer.applyGradients(grads, factor);
        this.#constrain();
        values.push(...this.#metrics(truths, estimates));
      }
      tf.dispose([estimates, parts]);
      return values;
    });
  }

  async validate(signal: AbortSignal | undefined): Promise<Log | null> {
    const { head, validation, outputs } = this.#job;
    const { rows, inputs, truths, weights } = validation!;
    const log = new EpochLog(outputs);
    const batchSize = Math.max(this.#job.batchSize, 128);
    for (let from = 0; from < rows; from += batchSize) {
      if (signal?.aborted) return null;
      const to = Math.min(rows, from + batchSize);
      const entries = Int32Array.from({ length: to - from }, (_, i) => from + i);
      const read = await Promise.all(inputs.map((input) => entriesOf(input, entries, signal)));
      const values = tidyWithLogits(() => {
        const batch = read.map((one, i) => tf.tensor(one, [to - from, ...inputs[i]!.shape]));
        const estimates = apply(head, batch, false);
        const truth = truths.map((one) => sliceTensor(one, from, to));
        const rowWeights = weights === null ? null : tf.tensor1d(weights.subarray(from, to));
        const { total, parts } = this.#losses(truth, estimates, rowWeights);
        return [scalar(total), ...parts.map(scalar), ...this.#metrics(truth, estimates)];
      });
      log.add(values, to - from);
      await breathe();
    }
    return log.log();
  }

  /** The weighted sum of the outputs' losses and of the penalties on trainable weights and outputs of layers; and each output's alone. */
  #losses(
    truths: readonly Tensor[],
    estimates: readonly Tensor[],
    rowWeights: Tensor | null,
  ): { total: Scalar; parts: Scalar[] } {
    const { outputs } = this.#job;
    const { total, parts } = totalLoss(tensorflowMath, outputs, truths, estimates, rowWeights);
    let sum = total as Scalar;
    for (const penalty of [...this.#penalties(), ...activityPenalties()])
      sum = tf.add(sum, penalty as Scalar);
    return { total: sum, parts: parts as Scalar[] };
  }

  #metrics(truths: readonly Tensor[], estimates: readonly Tensor[]): number[] {
    return this.#job.outputs.flatMap(({ loss, metrics }, i) => {
      const estimate = linked(tensorflowMath, loss.link, estimates[i]!);
      return metrics.flatMap((metric) =>
        metric
          .batch(tensorflowMath, truths[i]!, estimate)
          .flatMap((value) => Array.from(value.dataSync<"float32">())),
      );
    });
  }

  keep(): Promise<Kept> {
    const weights = this.#weights.map((weight) => tf.keep(tf.clone(weight.read())));
    return Promise.resolve(new KeptWeights(weights, this.#optimizer.keep()));
  }

  restore(kept: Kept): Promise<void> {
    const { weights, optimizer } = kept as KeptWeights;
    for (const [i, weight] of this.#weights.entries())
      (weight.read() as Variable).assign(tf.clone(weights[i]!));
    this.#optimizer.restore(optimizer);
    return Promise.resolve();
  }

  /** The layers are what is trained. */
  settle(): Promise<void> {
    return Promise.resolve();
  }

  optimizerState(): Promise<OptimizerState> {
    return Promise.resolve(this.#optimizer.state());
  }

  resume(state: OptimizerState): Promise<void> {
    this.#optimizer.resume(state);
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    this.#optimizer.dispose();
    return Promise.resolve();
  }
}

class KeptWeights implements Kept {
  readonly weights: readonly Tensor[];
  readonly optimizer: Kept;
  constructor(weights: readonly Tensor[], optimizer: Kept) {
    this.weights = weights;
    this.optimizer = optimizer;
  }
  dispose(): void {
    tf.dispose([...this.weights]);
    this.optimizer.dispose();
  }
}

/** Losses may ask for what the last activation was given, and for what layers add to them. */
function tidyWithLogits(work: () => number[]): number[] {
  return keepingLogits(() => keepingActivityPenalties(() => tf.tidy(work as never)));
}

function apply(head: LayersModel, inputs: readonly Tensor[], training: boolean): Tensor[] {
  const outputs = head.apply(inputs.length === 1 ? inputs[0]! : [...inputs], { training }) as
    Tensor | Tensor[];
  return Array.isArray(outputs) ? outputs : [outputs];
}

function scalar(tensor: Scalar): number {
  return tensor.dataSync<"float32">()[0]!;
}
