import type { WorkflowDescription } from "./description.ts";
import { readOptions, advice, type KnownOptions } from "./known-options.ts";
import { lock, named } from "./layer.ts";
import type { LossArgument } from "./training-arguments.ts";
import type { LossName } from "./losses.ts";
import { marksOf } from "./marks.ts";
import type { Optimizer, OptimizerName } from "./optimizers.ts";
import { registered } from "./registered.ts";
import { SpecError } from "./spec-error.ts";
import { TRANSFORMS, type Transform } from "./transforms.ts";
import type { ParameterDescription, ParametersDescription } from "./tuning-description.ts";
import type { Activation } from "./layers/layer-options.ts";

/** What a hyperparameter may be: `hidden_units([16, 128])`. */
export interface Parameter extends ParameterDescription {
  readonly kind: "parameter";
}

/** ParameterSet by id. */
export interface ParameterSet extends ParametersDescription {
  readonly kind: "parameters";
  /** The same set with some parameters changed, or added. */
  update(changes: Readonly<Record<string, Parameter>>): ParameterSet;
}

/** Both ends, in units of the transformation. */
export type ParameterRange = readonly [least: number, most: number];

export interface ParameterRangeOptions {
  /** Spaces the values otherwise; null: as they are, and then the range is in their own units. */
  trans?: Transform | null;
  /** Only these values, of those in the range. */
  values?: readonly number[];
}
export interface QuantParamOptions extends ParameterRangeOptions {
  type: "integer" | "double";
  /** Both ends, in units of `trans`. Without it `values` must say what there is. */
  range?: ParameterRange;
  /** For people: "Window width". Default: the parameter's id. */
  label?: string;
}
export interface QualParamOptions {
  values: readonly (string | number | boolean)[];
  /** For people. Default: the parameter's id. */
  label?: string;
}

const rangeOptions: KnownOptions<ParameterRangeOptions> = { trans: "optional", values: "optional" };
const quantOptions: KnownOptions<QuantParamOptions> = {
  ...rangeOptions,
  type: "required",
  range: "optional",
  label: "optional",
};
const qualOptions: KnownOptions<QualParamOptions> = { values: "required", label: "optional" };

/** Units of a dense or recurrent layer (dials' `hidden_units`). */
export function hidden_units(range: ParameterRange = [1, 10], options?: ParameterRangeOptions): Parameter {
  return quantitative("hidden_units", "Hidden units", "integer", range, options);
}
/** Filters of a convolution. */
export function filters(range: ParameterRange = [1, 10], options?: ParameterRangeOptions): Parameter {
  return quantitative("filters", "Filters", "integer", range, options);
}
/** Height and width of a convolution's window. */
export function kernel_size(range: ParameterRange = [1, 7], options?: ParameterRangeOptions): Parameter {
  return quantitative("kernel_size", "Kernel size", "integer", range, options);
}
/** Height and width of a pooling's window. */
export function pool_size(range: ParameterRange = [1, 4], options?: ParameterRangeOptions): Parameter {
  return quantitative("pool_size", "Pool size", "integer", range, options);
}
/** Share of the values that dropout takes away (dials' `dropout`; its range goes up to 1, which leaves nothing to learn from). */
export function dropout(range: ParameterRange = [0, 0.9], options?: ParameterRangeOptions): Parameter {
  return quantitative("dropout", "Dropout rate", "double", range, options);
}
/** How often a block is repeated (dials' `num_terms`). */
export function num_terms(range: ParameterRange = [1, 10], options?: ParameterRangeOptions): Parameter {
  return quantitative("num_terms", "Number of repeats", "integer", range, options);
}
/** Columns that `step_pca` keeps (dials' `num_comp`, with the range that it has there). */
export function num_comp(range: ParameterRange = [1, 4], options?: ParameterRangeOptions): Parameter {
  return quantitative("num_comp", "Number of components", "integer", range, options);
}
/** A limit between 0 and 1, of `step_corr`, `step_other` or `step_pca` (dials' `threshold`). */
export function threshold(range: ParameterRange = [0, 1], options?: ParameterRangeOptions): Parameter {
  return quantitative("threshold", "Threshold", "double", range, options);
}
/** How much more often the most frequent value comes than the next one, in `step_nzv` (dials' `freq_cut`). */
export function freq_cut(range: ParameterRange = [5, 25], options?: ParameterRangeOptions): Parameter {
  return quantitative("freq_cut", "Frequency distance ratio", "double", range, options);
}
/** Different values in percent of the rows, in `step_nzv` (dials' `unique_cut`). */
export function unique_cut(range: ParameterRange = [0, 100], options?: ParameterRangeOptions): Parameter {
  return quantitative("unique_cut", "Unique values in percent", "double", range, options);
}
/** Share that is left out at each end, in `step_impute_mean` (dials' `trim_amount`). */
export function trim_amount(range: ParameterRange = [0, 0.5], options?: ParameterRangeOptions): Parameter {
  return quantitative("trim_amount", "Amount of trimming", "double", range, options);
}
/**
 * The learning rate (dials' `learn_rate`). The range is in powers of ten: `learn_rate([-4, -1])` is 0.0001 to 0.1.
 *
 * ```ts
 * learn_rate([0.001, 0.01], { trans: null })
 * ```
 */
export function learn_rate(range?: ParameterRange, options?: ParameterRangeOptions): Parameter {
  return quantitative("learn_rate", "Learning rate", "double", range, options, [-10, -1], "log10");
}
/** Weight of a penalty (dials' `penalty`), in powers of ten. */
export function penalty(range?: ParameterRange, options?: ParameterRangeOptions): Parameter {
  return quantitative("penalty", "Amount of regularization", "double", range, options, [-10, 0], "log10");
}
/** Decay of weights, in powers of ten. */
export function weight_decay(range?: ParameterRange, options?: ParameterRangeOptions): Parameter {
  return quantitative("weight_decay", "Weight decay", "double", range, options, [-10, -1], "log10");
}
/** Share of the last step that is kept (dials' `momentum`). */
export function momentum(range: ParameterRange = [0, 1], options?: ParameterRangeOptions): Parameter {
  return quantitative("momentum", "Momentum", "double", range, options);
}
/** Epochs (dials' `epochs`). */
export function epochs(range: ParameterRange = [10, 1000], options?: ParameterRangeOptions): Parameter {
  return quantitative("epochs", "Epochs", "integer", range, options);
}
/** Rows of a step (dials' `batch_size`), in powers of two: `batch_size([4, 6])` is 16 to 64. */
export function batch_size(range?: ParameterRange, options?: ParameterRangeOptions): Parameter {
  return quantitative("batch_size", "Batch size", "integer", range, options, [3, 8], "log2");
}

/** An activation by name (dials' `activation`). */
export function activation(
  values: readonly Activation[] = ["linear", "softmax", "relu", "elu", "tanh"],
): Parameter {
  return nominal("activation", "Activation function", values);
}
/** The optimizer (kerasnip's `optimizer_function`). Default: all of Keras's, then those that are registered. */
export function optimizer_function(
  values: readonly (OptimizerName | Optimizer | (string & {}))[] = [
    ...OPTIMIZERS,
    ...registered.optimizers.keys(),
  ],
): Parameter {
  return nominal("optimizer_function", "Optimizer function", values);
}
/** The loss (kerasnip's `loss_function_keras`). Default: all of Keras's, then those that are registered. */
export function loss_function_keras(
  values: readonly Exclude<LossArgument, (...args: never) => unknown>[] = [
    ...LOSSES,
    ...registered.losses.keys(),
  ],
): Parameter {
  return nominal("loss_function_keras", "Loss function", values);
}

/**
 * A number of your own (dials' `new_quant_param`).
 *
 * ```ts
 * new_quant_param({ type: "double", range: [0, 0.5] })
 * new_quant_param({ type: "integer", values: [16, 32, 64] })
 * ```
 */
export function new_quant_param(options: QuantParamOptions): Parameter {
  const { type, range, label, ...rest } = readOptions(
    "new_quant_param",
    quantOptions,
    options,
  ) as unknown as QuantParamOptions;
  if (type !== "integer" && type !== "double")
    throw new SpecError(
      "bad-option",
      `new_quant_param(): type must be "integer" or "double", and it is ${named(type)}.`,
    );
  if (range === undefined && rest.values === undefined)
    throw new SpecError(
      "missing-option",
      "new_quant_param() needs a range, [0, 1], or values, [16, 32, 64].",
    );
  return quantitative("new_quant_param", label ?? "", type, range, rest);
}

/**
 * One of these values (dials' `new_qual_param`).
 *
 * ```ts
 * new_qual_param({ values: ["max", "average"] })
 * ```
 */
export function new_qual_param(options: QualParamOptions): Parameter {
  const { values, label } = readOptions(
    "new_qual_param",
    qualOptions,
    options,
  ) as unknown as QualParamOptions;
  return nominal("new_qual_param", label ?? "", values);
}

/**
 * ParameterSet by the ids of the `tune()` marks that they are for (dials' `parameters`).
 *
 * ```ts
 * parameters({ dense_units: hidden_units([16, 128]), learn_rate: learn_rate([-4, -1]) })
 * ```
 */
export function parameters(given: Readonly<Record<string, Parameter>>): ParameterSet {
  return new KnownParameters(readParameters("parameters", given));
}

/**
 * What the `tune()` marks of a workflow may be, as their names say it (tune's `extract_parameter_set_dials`); `update` says it of some in
 * particular.
 *
 * ```ts
 * extract_parameter_set_dials(wf).update({ dense_units: hidden_units([16, 128]) })
 * ```
 */
export function extract_parameter_set_dials(workflow: WorkflowDescription): ParameterSet {
  if ((workflow as { kind?: unknown } | null | undefined)?.kind !== "workflow")
    throw new SpecError(
      "wrong-part",
      `extract_parameter_set_dials() takes a workflow, and got ${named(workflow)}.`,
    );
  return new KnownParameters({}, workflow);
}

class KnownParameters implements ParameterSet {
  readonly kind = "parameters";
  declare readonly workflow?: WorkflowDescription;
  readonly parameters: Readonly<Record<string, Parameter>>;
  constructor(given: Readonly<Record<string, Parameter>>, workflow?: WorkflowDescription) {
    if (workflow !== undefined) this.workflow = workflow;
    this.parameters = Object.freeze({ ...given });
    lock(this, ["kind", "parameters", ...(workflow === undefined ? [] : ["workflow"])]);
  }
  update(changes: Readonly<Record<string, Parameter>>): ParameterSet {
    const read = readParameters("update", changes);
    if (this.workflow !== undefined) {
      const ids = marksOf(this.workflow).map(({ id }) => id);
      // Without any marks, values have taken their places, and the rest of the spec may stay as it was.
      for (const id of ids.length === 0 ? [] : Object.keys(read))
        if (!ids.includes(id))
          throw new SpecError(
            "unknown-parameter",
            `update(): nothing of this workflow is marked with tune() as "${id}". ${advice(id, ids)}`,
          );
    }
    return new KnownParameters({ ...this.parameters, ...read }, this.workflow);
  }
}

function readParameters(where: string, given: unknown): Readonly<Record<string, Parameter>> {
  if (typeof given !== "object" || given === null || Array.isArray(given) || "kind" in given)
    throw new SpecError(
      "wrong-part",
      `${where}() takes one object of ids and parameters, { dense_units: hidden_units([16, 128]) }, and got ${named(given)}.`,
    );
  for (const [id, parameter] of Object.entries(given))
    if ((parameter as { kind?: unknown } | null | undefined)?.kind !== "parameter")
      throw new SpecError(
        "wrong-part",
        `${where}(): "${id}" must be a parameter, hidden_units([16, 128]), and is ${named(parameter)}.${typeof parameter === "function" ? " Call it." : ""}`,
      );
  return given as Readonly<Record<string, Parameter>>;
}

/**
 * @param range As given; absent: `usual`, which is in units of `transform`, whatever `trans` says.
 * @param transform dials' own, where `trans` says nothing.
 */
function quantitative(
  type: string,
  label: string,
  scale: "integer" | "double",
  range: unknown,
  options: unknown,
  usual?: ParameterRange,
  transform?: Transform,
): Parameter {
  const { trans, values } = readOptions(type, rangeOptions, options) as ParameterRangeOptions;
  if (trans !== undefined && trans !== null && !Object.hasOwn(TRANSFORMS, trans))
    throw new SpecError(
      "bad-option",
      `${type}(): no transformation is named ${named(trans)}. ${advice(String(trans), Object.keys(TRANSFORMS))}`,
    );
  const used = trans === undefined ? transform : (trans ?? undefined);
  let read = range === undefined ? undefined : readRange(type, range);
  if (read === undefined && usual !== undefined) read = between(usual, transform, used);
  if (read !== undefined) checkDomain(type, read, used);
  if (values !== undefined) checkValues(type, values, scale);
  return Object.freeze({
    kind: "parameter",
    type,
    scale,
    ...(read === undefined ? {} : { range: read }),
    ...(used === undefined ? {} : { transform: used }),
    ...(values === undefined ? {} : { values: Object.freeze([...values]) }),
    label,
  });
}

function nominal(type: string, label: string, values: unknown): Parameter {
  if (!Array.isArray(values) || values.length === 0)
    throw new SpecError(
      "bad-option",
      `${type}() takes a list of at least one value, and got ${Array.isArray(values) ? "an empty list" : named(values)}.`,
    );
  const texts = values.map((value) => JSON.stringify(value));
  const twice = texts.find((text, i) => texts.indexOf(text) !== i);
  if (twice !== undefined)
    throw new SpecError("bad-option", `${type}() has the value ${twice} twice. Take one away.`);
  const strange = values.find((value) => typeof value === "function" || value === undefined);
  if (values.includes(undefined) || strange !== undefined)
    throw new SpecError(
      "bad-option",
      `${type}() takes values that can be written down, and got ${named(strange)}. Give a function a name with register_keras_loss(), register_keras_metric() or register_keras_optimizer().`,
    );
  return Object.freeze({
    kind: "parameter",
    type,
    scale: "nominal",
    values: Object.freeze([...values]),
    label,
  });
}

function readRange(type: string, range: unknown): ParameterRange {
  const [least, most] = Array.isArray(range) && range.length === 2 ? (range as unknown[]) : [];
  if (!Number.isFinite(least) || !Number.isFinite(most))
    throw new SpecError(
      "bad-range",
      `${type}() takes a range of two numbers, ${type}([1, 10]), and got ${Array.isArray(range) ? `[${range.map(String).join(", ")}]` : named(range)}.`,
    );
  if ((least as number) > (most as number))
    throw new SpecError(
      "bad-range",
      `${type}(): the range [${String(least)}, ${String(most)}] begins above its end. Turn it round.`,
    );
  return Object.freeze([least as number, most as number] as const);
}

function checkValues(type: string, values: unknown, scale: "integer" | "double"): void {
  if (!Array.isArray(values) || values.length === 0)
    throw new SpecError("bad-option", `${type}(): values must be a list of at least one number.`);
  const wrong = values.find((value) =>
    scale === "integer" ? !Number.isSafeInteger(value) : !Number.isFinite(value),
  );
  if (wrong !== undefined)
    throw new SpecError(
      "bad-option",
      `${type}(): values must be ${scale === "integer" ? "whole numbers" : "numbers"}, and one is ${named(wrong)}.`,
    );
}

/** A usual range in the units that are used. */
function between(
  usual: ParameterRange,
  from: Transform | undefined,
  to: Transform | undefined,
): ParameterRange {
  if (from === to) return usual;
  const same = ([least, most]: ParameterRange, by: (value: number) => number): ParameterRange => [
    by(least),
    by(most),
  ];
  const plain = from === undefined ? usual : same(usual, TRANSFORMS[from].inverse);
  return to === undefined ? plain : same(plain, TRANSFORMS[to].forward);
}

function checkDomain(type: string, range: ParameterRange, transform: Transform | undefined): void {
  if (transform === undefined) return;
  if (range.every((end) => Number.isFinite(TRANSFORMS[transform].inverse(end)))) return;
  throw new SpecError(
    "bad-range",
    `${type}(): the range [${range.join(", ")}] is in units of ${transform}, and its ends are no numbers then. Write { trans: null } for a range in the values' own units.`,
  );
}

const OPTIMIZERS = [
  "adadelta",
  "adagrad",
  "adam",
  "adamax",
  "adamw",
  "ftrl",
  "lion",
  "nadam",
  "rmsprop",
  "sgd",
] as const satisfies readonly OptimizerName[];
const LOSSES = [
  "binary_crossentropy",
  "binary_focal_crossentropy",
  "categorical_crossentropy",
  "categorical_focal_crossentropy",
  "categorical_generalized_cross_entropy",
  "categorical_hinge",
  "cosine_similarity",
  "dice",
  "hinge",
  "huber",
  "kl_divergence",
  "log_cosh",
  "mean_absolute_error",
  "mean_absolute_percentage_error",
  "mean_squared_error",
  "mean_squared_logarithmic_error",
  "poisson",
  "squared_hinge",
  "tversky",
] as const satisfies readonly LossName[];
