/** What both doors can do, the worker and the command line. Heavy rooms are loaded when a job needs them. */
export { fit, type FitHooks, type FitOutcome, type Refused } from "./fit.ts";
export { resume } from "./resume.ts";
export { compileGrid, type CompiledCandidate } from "./tune/compile-grid.ts";
export { fitBest, tune, type TuneOutcome } from "./tune/tune.ts";
export { serveTrials } from "./tune/trial-worker.ts";
export { check } from "./check.ts";
export { augment, predict, type NewDataHooks, type NewDataRequest, type PredictionTable } from "./predict.ts";
export { evaluate } from "./evaluate.ts";
export { kerasEvaluate } from "./keras-evaluate.ts";
export { tidyRun, type LayerRow } from "../runs/index.ts";
export { glanceRun } from "../runs/index.ts";
export { classify, type ClassifiedImage, type ClassifyHooks, type ClassifyRequest } from "./classify.ts";
export { exportModel, type ExportedModel, type ExportFormat } from "./export.ts";
export {
  clearCache,
  listCache,
  verifyCache,
  type CacheRow,
  type CacheTotal,
  type ClearedRow,
  type VerifiedRow,
} from "./cache.ts";
export {
  exportFeatures,
  type ExportedFeatures,
  type FeaturesHooks,
  type FeaturesRequest,
} from "./features.ts";
export { canTrain, doctor, type Diagnosis } from "./doctor.ts";
export type { FileDiagnostic } from "./file-diagnostic.ts";
export {
  installTensorFlow,
  removeTensorFlow,
  tensorFlowStatus,
  type InstallHooks,
  type InstallStatus,
} from "./install-tensorflow.ts";
export { kspecVersion } from "./kspec-version.ts";
