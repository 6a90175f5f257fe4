export { chooseBackend } from "./choose-backend.ts";
export type { FitJob, FitListener, FitResult, FittedModel, Prediction } from "./contract.ts";
export { exportOnnx, type Origin } from "./export/export-onnx.ts";
export type { OnnxFile, OnnxInput, OnnxOutput } from "./export/onnx-file.ts";
export { fitModel } from "./fit.ts";
export { loadFittedModel } from "./fitted-model.ts";
export { preflight } from "./preflight.ts";
export type { TfjsNodeHint } from "./tensorflow/index.ts";
