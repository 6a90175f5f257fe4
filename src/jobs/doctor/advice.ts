import type { Diagnosis } from "../doctor.ts";

/** What would be better on this computer, and how to get it. */
export interface Advice {
  /** A short kebab-case word. */
  readonly code: string;
  /** What is, and what to do: two sentences at most. */
  readonly message: string;
}

/** Advice that is true here; none where there is nothing to gain. */
export function advise(found: Omit<Diagnosis, "kspec" | "advice">): Advice[] {
  return [...RULES].flatMap(([code, rule]) => {
    const message = rule(found);
    return message === undefined ? [] : [{ code, message }];
  });
}

type Rule = (found: Omit<Diagnosis, "kspec" | "advice">) => string | undefined;

const RULES = new Map<string, Rule>([
  [
    "device-unknown",
    ({ engines: { onnxruntime } }) =>
      onnxruntime.loads || onnxruntime.device === "none" ? undefined : onnxruntime.reason!,
  ],
  [
    "onnxruntime-off",
    ({ engines: { onnxruntime } }) =>
      onnxruntime.device === "none"
        ? "KSPEC_DEVICE (the setting kspec.device) is none, so TensorFlow.js computes frozen bases too, which takes several times as long. Unset it to have ONNX Runtime."
        : undefined,
  ],
  [
    "device-missing",
    ({ engines: { onnxruntime } }) =>
      onnxruntime.loads && onnxruntime.device !== "none" && !onnxruntime.has_device
        ? `This build of ONNX Runtime has no ${onnxruntime.device}, so the processor computes. It has: ${onnxruntime.devices.join(", ")}.`
        : undefined,
  ],
  [
    "tensorflow-broken",
    ({ engines: { tensorflow } }) =>
      tensorflow.found && !tensorflow.loads
        ? `Native TensorFlow in ${tensorflow.folder} does not load. Install it anew there, or remove it: until then fits that find it fail.`
        : undefined,
  ],
  [
    "train-native",
    ({ engines: { auto, tensorflow } }) =>
      auto.trains === "wasm" && !tensorflow.found
        ? "WebAssembly trains, on one core. Native TensorFlow trains on all of them: kspec install-tensorflow, or KSpec: Install native TensorFlow in the editor."
        : undefined,
  ],
  [
    "cache-off",
    ({ caches: { features } }) =>
      features?.limit === 0
        ? "The feature cache keeps nothing (its limit is 0), so each fit computes its frozen base anew. Raise KSPEC_CACHE_LIMIT (the setting kspec.cache.limit), or unset it."
        : undefined,
  ],
  ["cache-limit", ({ caches: { problem } }) => problem ?? undefined],
  [
    "cache-full",
    ({ caches: { features } }) =>
      features && features.limit && features.bytes > 0.9 * features.limit
        ? "The feature cache is nearly full: what was not used for longest goes first, and is computed again when it is needed. Raise KSPEC_CACHE_LIMIT (the setting kspec.cache.limit) if there is room."
        : undefined,
  ],
  [
    "no-simd",
    ({ engines: { wasm } }) =>
      wasm.simd
        ? undefined
        : "This Node has no vector instructions for WebAssembly, so TensorFlow.js takes several times as long there. Use Node 20 or newer on a processor of the last ten years.",
  ],
]);
