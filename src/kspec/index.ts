/**
 * Everything that a spec file imports from "kspec". It describes and computes nothing; what a description
 * holds is in `description.ts`.
 */
export { inp_spec, type Wired } from "./inp-spec.ts";
export {
  create_keras_functional_spec,
  create_keras_sequential_spec,
  type FunctionalSpec,
  type ModelFunction,
  type SequentialSpec,
} from "./create-spec.ts";
export type { Block, InputBlock, SequentialBlock } from "./blocks.ts";
export type { Layer, Tensor } from "./layer.ts";
export { sequential, type SequentialModel } from "./sequential.ts";

export { layers, type Layers } from "./layers/index.ts";
export type { Activation } from "./layers/layer-options.ts";
export { applications, type Applications } from "./applications.ts";
export { load_model } from "./load-model.ts";
export type { PretrainedBase } from "./base.ts";

export { initializers, type Initializer } from "./initializers.ts";
export { regularizers, type Regularizer } from "./regularizers.ts";
export { constraints, type Constraint } from "./constraints.ts";
export { optimizers, type Optimizer } from "./optimizers.ts";
export { schedules, type Schedule } from "./schedules.ts";
export { losses, type Loss } from "./losses.ts";
export { metrics, type EpochMetric } from "./epoch-metrics.ts";
export { callbacks, type Callback } from "./callbacks.ts";
export {
  register_keras_loss,
  register_keras_metric,
  register_keras_optimizer,
  type OptimizerFunction,
} from "./registered.ts";
export { ops, type NumericTensor, type Ops, type TensorLike } from "./ops.ts";
export type { TensorFunction, TrainingArguments } from "./training-arguments.ts";

export { datasets, type Dataset } from "./datasets.ts";
export {
  all_image_predictors,
  all_nominal,
  all_nominal_predictors,
  all_numeric,
  all_numeric_predictors,
  all_of,
  all_outcomes,
  all_predictors,
  any_of,
  contains,
  ends_with,
  everything,
  has_role,
  has_type,
  matches,
  not,
  one_of,
  recipe,
  starts_with,
  type Recipe,
  type Row,
  type Selector,
} from "./recipe.ts";
export type { Model } from "./model.ts";
export { metric_set, metric_tweak, type MetricName, type MetricSet, type MetricTweak } from "./metric-set.ts";
export { tune, type Tune } from "./tune.ts";
export { fine_tune, type FineTune, type FineTuneOptions } from "./fine-tune.ts";
export { workflow, type Workflow } from "./workflow.ts";

export {
  fit_resamples,
  tune_bayes,
  tune_grid,
  tune_race_anova,
  tune_race_win_loss,
  tune_sim_anneal,
  tune_successive_halving,
  type Tuning,
} from "./tuning.ts";
export {
  control_bayes,
  control_grid,
  control_race,
  control_resamples,
  control_sim_anneal,
  type Control,
} from "./control.ts";
export { conf_bound, exp_improve, prob_improve, type Objective } from "./objectives.ts";
export {
  desc,
  select_best,
  select_by_one_std_err,
  select_by_pct_loss,
  type SelectedCandidate,
} from "./selection.ts";
export { finalize_workflow, fit_best, last_fit, type Finalized, type LastFit } from "./finalize.ts";

export {
  bootstraps,
  group_vfold_cv,
  initial_split,
  initial_time_split,
  loo_cv,
  mc_cv,
  rolling_origin,
  sliding_window,
  testing,
  training,
  validation_split,
  vfold_cv,
  type Resamples,
  type Split,
} from "./resamples.ts";
export {
  activation,
  batch_size,
  dropout,
  epochs,
  extract_parameter_set_dials,
  filters,
  freq_cut,
  hidden_units,
  kernel_size,
  learn_rate,
  loss_function_keras,
  momentum,
  new_qual_param,
  new_quant_param,
  num_comp,
  num_terms,
  optimizer_function,
  parameters,
  penalty,
  pool_size,
  threshold,
  trim_amount,
  unique_cut,
  weight_decay,
  type Parameter,
  type ParameterSet,
} from "./parameters.ts";
export {
  grid_latin_hypercube,
  grid_random,
  grid_regular,
  grid_space_filling,
  type CandidateValues,
  type MadeGrid,
} from "./grids.ts";
export { workflow_map, workflow_set, type WorkflowMap, type WorkflowSet } from "./workflow-set.ts";
