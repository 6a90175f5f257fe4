import type { EngineName } from "../kspec/description.ts";
import type { Backend } from "../protocol/index.ts";
import { usesNative } from "./features.ts";
import { loadRuntime } from "./native/runtime.ts";
import { startTensorFlow, type TfjsNodeHint } from "./tensorflow/index.ts";

/**
 * What trains in this process, and why; the reason says what computes frozen bases too.
 *
 * @throws UserError when the engine that is asked for is not there, or KSPEC_DEVICE names no device.
 */
export async function chooseBackend(engine: EngineName, hint: TfjsNodeHint): Promise<Backend> {
  const backend = await startTensorFlow(engine, hint);
  if (!usesNative(engine)) return backend;
  const runtime = await loadRuntime();
  const bases = runtime.available
    ? "Frozen bases are computed by ONNX Runtime."
    : `Frozen bases are computed so as well: ${runtime.reason}`;
  return { ...backend, reason: `${backend.reason} ${bases}` };
}
