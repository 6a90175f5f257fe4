import type * as onnxruntime from "onnxruntime-node";
import { chosenDevice } from "./device.ts";

export type OnnxRuntime = typeof onnxruntime;

/** ONNX Runtime's native library, or why there is none. */
export type Runtime =
  | { readonly available: true; readonly ort: OnnxRuntime }
  | { readonly available: false; readonly reason: string };

/** Loading costs some milliseconds and is tried once in a process. */
let loaded: Promise<Runtime> | undefined;

/** Loads ONNX Runtime, unless the environment says KSPEC_DEVICE=none. */
export function loadRuntime(): Promise<Runtime> {
  if (chosenDevice() === "none")
    return Promise.resolve({
      available: false,
      reason: "KSPEC_DEVICE is none, which leaves ONNX Runtime out.",
    });
  loaded ??= tryRuntime(() => import("onnxruntime-node"));
  return loaded;
}

/** What `load` gives, or in one sentence why it fails: its package has no library for this platform, say. */
export async function tryRuntime(load: () => Promise<OnnxRuntime>): Promise<Runtime> {
  try {
    const ort = await load();
    // What it would print on stderr it also throws.
    ort.env.logLevel = "fatal";
    return { available: true, ort };
  } catch (error) {
    const first = String((error as Error).message ?? error).split("\n")[0]!;
    return {
      available: false,
      reason: /Cannot find module|no such file|ERR_MODULE_NOT_FOUND/.test(first)
        ? `ONNX Runtime has no library for ${process.platform}-${process.arch} here.`
        : `ONNX Runtime's library does not load on this computer (${first}).`,
    };
  }
}
