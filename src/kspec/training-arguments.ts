import type { Callback } from "./callbacks.ts";
import type { EpochMetric, EpochMetricName } from "./epoch-metrics.ts";
import type { Loss, LossName } from "./losses.ts";
import type { NumericTensor } from "./ops.ts";
import type { Optimizer, OptimizerName } from "./optimizers.ts";
import type { Schedule } from "./schedules.ts";
import type { Tune } from "./tune.ts";

/**
 * A loss or metric of your own. It gets the truth and the estimate of a batch (rows first; classes are one
 * column each) and gives one value a row, or one for the batch. Write it with `ops`.
 *
 * ```ts
 * const mean_cubed_error = (truth: NumericTensor, estimate: NumericTensor) =>
 *   ops.mean(ops.pow(ops.abs(ops.sub(truth, estimate)), 3), -1);
 * ```
 */
export type TensorFunction = (truth: NumericTensor, estimate: NumericTensor) => NumericTensor;

/** Any other text is a name given to `register_keras_optimizer`, `…_loss` or `…_metric`. */
type Registered = string & {};

/** A loss: by name, with options (`losses.huber()`), or a function. */
export type LossArgument = LossName | Loss | TensorFunction | Registered;
/** A metric of the epoch log: by name, with options (`metrics.auc()`), or a function (its name is the metric's). */
export type EpochMetricArgument = EpochMetricName | EpochMetric | TensorFunction | Registered;

/** Arguments that every model has. Each may be `tune()`. */
export interface TrainingArguments {
  /** Learning rate of an optimizer that is given by name, or not at all: a number or a schedule (`schedules.cosineDecay({ … })`). Default 0.01. */
  learn_rate?: number | Schedule | Tune;

  /** How often all training rows are gone through. Default 1. */
  fit_epochs?: number | Tune;
  /** Rows that one step learns from. Default 32. */
  fit_batch_size?: number | Tune;
  /** Share of the training rows, 0 to 1, kept for validation: the last ones, before any shuffling. Not used where the data bring validation rows. Default 0. */
  fit_validation_split?: number | Tune;
  /** Draws the training rows in a new order each epoch. Default true. */
  fit_shuffle?: boolean | Tune;
  /** Weight of each class in the loss, by the class's name. Default: 1 each. */
  fit_class_weight?: Readonly<Record<string, number>> | Tune;
  /** Name of a column with the weight of each row in the loss, from 0; it is none of the predictors that `.` in a formula stands for. Default: 1 each. */
  fit_sample_weight?: string | Tune;
  /** What watches the epochs: `[callbacks.earlyStopping({ patience: 3 })]`. Default: none. */
  fit_callbacks?: Callback | readonly Callback[] | Tune;
  /** What the command line tells of the epochs: 0 none, 2 each on a line, 1 (default) as many as fit. The run keeps all of them. */
  fit_verbose?: 0 | 1 | 2 | Tune;

  /**
   * The loss; with several outputs one for all, or output → loss. Default: in classification
   * "binary_crossentropy" for two classes and "categorical_crossentropy" for more; in regression "mean_squared_error".
   */
  compile_loss?: LossArgument | Readonly<Record<string, LossArgument>> | Tune;
  /** With several outputs, what each one's loss is multiplied with in their sum: output → number, or numbers in the order of the outputs. Default: 1 each. */
  compile_loss_weights?: Readonly<Record<string, number>> | readonly number[] | Tune;
  /** The optimizer: by name, or with options (`optimizers.sgd({ momentum: 0.9 })`). Default "adam". */
  compile_optimizer?: OptimizerName | Optimizer | Registered | Tune;
  /**
   * Metrics of the epoch log; with several outputs the same for all, or output → metric or metrics.
   * Default: "accuracy" in classification, "mean_absolute_error" in regression.
   */
  compile_metrics?:
    | EpochMetricArgument
    | readonly EpochMetricArgument[]
    | Readonly<Record<string, EpochMetricArgument | readonly EpochMetricArgument[]>>
    | Tune;
}
