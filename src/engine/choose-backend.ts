import type { EngineName } from "../kspec/description.ts";
import type { Backend } from "../protocol/index.ts";
import { usesNative } from "./features.ts";
import { loadRuntime } from "./native/runtime.ts";
import { startTensorFlow, type TfjsNodeHint } from "./tensorflow/index.ts";

/**
 * What trains in this process as far as that can be told before the network is known, and why.
 *
 * @throws UserError when the engine that is asked for is not there, or KSPEC_DEVICE names no device.
 */
export async function chooseBackend(engine: EngineName, hint: TfjsNodeHint): Promise<Backend> {
  const backend = await startTensorFlow(engine, hint);
  if (!usesNative(engine)) return backend;
  const runtime = await loadRuntime();
  if (runtime.available)
    return {
      name: "onnxruntime",
      reason: `ONNX Runtime computes frozen bases and trains; what it has no form for runs on TensorFlow.js (${backend.name}).`,
    };
  return { ...backend, reason: `${backend.reason} Frozen bases are computed so as well: ${runtime.reason}` };
}
