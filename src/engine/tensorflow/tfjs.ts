/**
 * The TensorFlow.js that ships with KSpec: core, layers and the WebAssembly backend. It is loaded only
 * where no native TensorFlow is found, because two copies in one process quarrel over their registries.
 */
export * from "@tensorflow/tfjs-core";
export * from "@tensorflow/tfjs-layers";
export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
