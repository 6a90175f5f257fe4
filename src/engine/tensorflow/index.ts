import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { homeFolder } from "../../data/home.ts";
import type { EngineName } from "../../kspec/description.ts";
import { provideOps } from "../../kspec/ops.ts";
import { UserError, type Backend } from "../../protocol/index.ts";
import { chainOperations } from "./chained-operations.ts";
import { registerAveragePoolGradients } from "./average-pool-gradients.ts";
import { registerDilatedGradients } from "./dilated-gradients.ts";
import { registerMissingGradients } from "./missing-gradients.ts";
import { findTfjsNode, requireTfjsNode, type TfjsNodeHint } from "./tfjs-node.ts";
import { registerApplicationLayers } from "./application-layers.ts";
import { registerAttention } from "./attention-layers.ts";
import { registerAugmentations } from "./augmentation-layers.ts";
import { registerBidirectional } from "./bidirectional-layer.ts";
import { registerCategoryEncoding } from "./category-encoding-layer.ts";
import { registerConvolutions } from "./convolution-layers.ts";
import { registerDrawnLayers } from "./drawn-layers.ts";
import { registerGru } from "./gru-layer.ts";
import { registerKerasActivations } from "./keras-activations.ts";
import { registerKerasLayers } from "./keras-layers.ts";
import { registerNormalizations } from "./normalization-layers.ts";
import { registerOnnxModelLayer } from "./onnx-model-layer.ts";
import { registerOrthogonalRegularizer } from "./orthogonal-regularizer.ts";
import { registerPlainLayers } from "./plain-layers.ts";
import { withoutErrorListeners } from "./quiet-listeners.ts";
import { clearOutputs } from "./wasm-kernels/cleared-outputs.ts";
import { registerWasmKernels } from "./wasm-kernels/index.ts";
import { correctShortWindows } from "./wasm-kernels/short-windows.ts";
import { transposeFirst } from "./wasm-kernels/transposed-products.ts";

export type { TfjsNodeHint } from "./tfjs-node.ts";
export type { NamedTensorMap, Optimizer, Scalar, Tensor, Variable } from "@tensorflow/tfjs-core";
export type { LayersModel, SymbolicTensor, layers } from "@tensorflow/tfjs-layers";

import type * as bundled from "./tfjs.ts";
export type TensorFlow = typeof bundled;

/** TensorFlow.js, after `startTensorFlow`. The engine uses this binding and imports no other copy. */
export let tf: TensorFlow;

/** What was started, or nothing yet. A process keeps its first choice: there is one copy of TensorFlow.js in it. */
let started: Promise<Backend> | undefined;

/**
 * Loads TensorFlow.js once for this process and makes it compute: TensorFlow's own library where
 * `@tensorflow/tfjs-node` is found (and then its copy of TensorFlow.js), else WebAssembly.
 *
 * @throws UserError when `engine` is "tensorflow" and there is none, with what was tried.
 */
export function startTensorFlow(engine: EngineName, hint: TfjsNodeHint): Promise<Backend> {
  started ??= start(engine, hint).catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return started.then((backend) => {
    if ((engine === "tensorflow" || engine === "wasm") && backend.name !== engine)
      throw new UserError(
        "backend-chosen",
        `This process computes with ${backend.name} already and cannot change: run what asks for ${engine} by itself.`,
      );
    return backend;
  });
}

async function start(engine: EngineName, hint: TfjsNodeHint): Promise<Backend> {
  const backend = (engine === "wasm" ? undefined : native(engine, hint)) ?? (await wasm(engine));
  chainOperations(tf);
  registerKerasActivations(tf);
  registerKerasLayers(tf);
  registerOrthogonalRegularizer(tf);
  registerApplicationLayers(tf);
  registerConvolutions(tf);
  registerNormalizations(tf);
  registerPlainLayers(tf);
  registerDrawnLayers(tf);
  registerAttention(tf);
  registerAugmentations(tf);
  registerGru(tf);
  registerBidirectional(tf);
  registerCategoryEncoding(tf);
  registerOnnxModelLayer(tf);
  registerMissingGradients(tf);
  registerDilatedGradients(tf);
  registerAveragePoolGradients(tf);
  provideOps(tf);
  return backend;
}

function native(engine: EngineName, hint: TfjsNodeHint): Backend | undefined {
  const found = findTfjsNode(hint);
  if (found === undefined) {
    if (engine !== "tensorflow") return undefined;
    throw new UserError(
      "tensorflow-not-found",
      'set_engine("tensorflow") needs native TensorFlow, and none was found: let KSpec install it (KSpec: Install native TensorFlow, or kspec ' +
        "install-tensorflow), install @tensorflow/tfjs-node in the spec's folder, point the setting kspec.tfjsNode (or KSPEC_TFJS_NODE) at a " +
        'folder that has it, or use set_engine("auto").',
    );
  }
  try {
    tf = requireTfjsNode(found.folder) as TensorFlow;
    return { name: "tensorflow", reason: `TensorFlow's native library was found ${found.where}.` };
  } catch (error) {
    const first = String((error as Error).message ?? error).split("\n")[0];
    // Half a tfjs-node may have registered itself already: then there is no way back in this process.
    throw new UserError(
      "tensorflow-broken",
      `@tensorflow/tfjs-node in ${found.folder} could not be loaded (${first}). Install it anew there, remove it, or use set_engine("wasm").`,
      { cause: error },
    );
  }
}

async function wasm(engine: EngineName): Promise<Backend> {
  const copy = await import("./tfjs.ts");
  tf = copy;
  copy.setWasmPaths(wasmFolder() + path.sep);
  tf.enableProdMode();
  registerWasmKernels(tf);
  clearOutputs(tf);
  correctShortWindows(tf);
  transposeFirst(tf);
  if (!(await withoutErrorListeners(() => tf.setBackend("wasm"))))
    throw new Error("The WebAssembly backend of TensorFlow.js did not start.");
  await tf.ready();
  return {
    name: "wasm",
    reason:
      engine === "wasm"
        ? 'The spec asks for it by set_engine("wasm").'
        : "No native TensorFlow (@tensorflow/tfjs-node) was found, so WebAssembly computes.",
  };
}

/** `dist/wasm` where KSpec is built, else the package's own folder. */
function wasmFolder(): string {
  const built = path.join(homeFolder(), "dist", "wasm");
  if (existsSync(path.join(built, "tfjs-backend-wasm-simd.wasm"))) return built;
  const require = createRequire(path.join(homeFolder(), "package.json"));
  return path.join(path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
}
