export type * from "./block-graph.ts";
export type * from "./problem.ts";
export type * from "./spec-file.ts";
export { checkFile, checkGraph } from "./check.ts";
export {
  connectionsOf,
  hyperparameters,
  tensorArguments,
  type Connections,
  type Edge,
} from "./connections.ts";
export { LEVELS } from "./grid-size.ts";
export { marksOf, type Mark, type Marks } from "./marks.ts";
export { modelArguments, type ModelArgument } from "./model-arguments.ts";
export {
  graphOfDescription,
  modelOfDescription,
  valueOf,
  wiresOf,
  type ArgumentsOf,
  type DescribedSpec,
} from "./graph-of-description.ts";
export {
  CAFFE_MEANS,
  namesOf,
  TORCH_DEVIATIONS,
  TORCH_MEANS,
  TRAINED_WITH,
  trainedWith,
  type Preprocessing,
  type TrainedName,
  type TrainedWith,
} from "./trained-with.ts";
export { RULES } from "./rules/index.ts";
export type { Rule, Use } from "./rules/rule.ts";
