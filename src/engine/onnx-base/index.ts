export { ONNX_MODEL } from "./config.ts";
export { inputShapesOf } from "./input-shapes.ts";
export { loadOnnxBase } from "./load.ts";
export { baseFiles, holdsOnnxModel, openSavedBases } from "./saved.ts";
