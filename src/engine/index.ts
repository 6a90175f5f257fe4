export { chooseBackend } from "./choose-backend.ts";
export type { FitJob, FitListener, FitResult, FittedModel, Prediction } from "./contract.ts";
export { fitModel } from "./fit.ts";
export { loadFittedModel } from "./fitted-model.ts";
export { preflight } from "./preflight.ts";
export type { TfjsNodeHint } from "./tensorflow/index.ts";
