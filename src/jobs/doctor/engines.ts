import os from "node:os";
import path from "node:path";
import { chooseBackend } from "../../engine/index.ts";
import { usesNative } from "../../engine/features.ts";
import { chosenDevice, PROVIDERS } from "../../engine/native/device.ts";
import { loadRuntime } from "../../engine/native/runtime.ts";
import { findTfjsNode } from "../../engine/tensorflow/tfjs-node.ts";
import { tf } from "../../engine/tensorflow/index.ts";
import { tryTfjsNode, type TriedTfjsNode } from "../../engine/tensorflow/try-tfjs-node.ts";
import { isUserError, type Backend } from "../../protocol/index.ts";

export interface Engines {
  readonly onnxruntime: OnnxRuntimeState;
  readonly tensorflow: TensorFlowState;
  readonly wasm: WasmState;
  /** What KSpec chooses where the spec leaves it to KSpec: `set_engine("auto")`, and a spec without it. */
  readonly auto: Choice;
}

export interface OnnxRuntimeState {
  readonly loads: boolean;
  /** Why it does not; null where it does. */
  readonly reason: string | null;
  readonly version: string | null;
  readonly threads: number;
  /** What KSPEC_DEVICE (the setting kspec.device) chooses: "auto", "cpu", "cuda", … */
  readonly device: string;
  /** Whether this build of ONNX Runtime has it; where not, the processor computes. */
  readonly has_device: boolean;
  /** What this build knows by ONNX Runtime's names: "cpu", "cuda", … Whether its drivers are here is seen when it computes. */
  readonly devices: readonly string[];
}

export interface TensorFlowState {
  readonly found: boolean;
  /** Ends the sentence "It was found …"; null where it was not. */
  readonly where: string | null;
  readonly folder: string | null;
  /** It was loaded and computed, just now. */
  readonly loads: boolean;
  /** Why it does not; null where it does and where there is none. */
  readonly reason: string | null;
  /** Of the package @tensorflow/tfjs-node. */
  readonly version: string | null;
  /** Of TensorFlow's own library. */
  readonly library: string | null;
}

export interface WasmState {
  /** Whether this Node has the vector instructions that it is compiled for as well; without them it takes longer. */
  readonly simd: boolean;
  readonly threads: 1;
}

export interface Choice {
  /** What trains; null where nothing does. */
  readonly trains: Backend["name"] | null;
  /** What computes frozen bases; null where nothing trains. */
  readonly bases: "onnxruntime" | Backend["name"] | null;
  /** One or two sentences. */
  readonly reason: string;
}

/** Asks each engine what it can do, and the choice of engines what it would choose. */
export async function examineEngines(specFolder: string): Promise<Engines> {
  const onnxruntime = await examineOnnxRuntime();
  const auto = await choose(specFolder, onnxruntime);
  return {
    onnxruntime,
    tensorflow: await examineTensorFlow(specFolder),
    wasm: { simd: WebAssembly.validate(VECTORS), threads: 1 },
    auto,
  };
}

async function choose(specFolder: string, { loads }: OnnxRuntimeState): Promise<Choice> {
  try {
    const { name, reason } = await chooseBackend("auto", { specFolder });
    return { trains: name, bases: usesNative("auto") && loads ? "onnxruntime" : name, reason };
  } catch (error) {
    const reason = isUserError(error)
      ? error.message
      : `The engine does not start (${String((error as Error).message ?? error).split("\n")[0]}).`;
    return { trains: null, bases: null, reason };
  }
}

async function examineOnnxRuntime(): Promise<OnnxRuntimeState> {
  const threads = os.availableParallelism();
  const nothing = { loads: false, version: null, threads, has_device: false, devices: [] };
  let device;
  try {
    device = chosenDevice();
  } catch (error) {
    return { ...nothing, device: process.env["KSPEC_DEVICE"]!, reason: (error as Error).message };
  }
  const runtime = await loadRuntime();
  if (!runtime.available) return { ...nothing, device, reason: runtime.reason };
  const devices = runtime.ort.listSupportedBackends().map(({ name }) => name);
  return {
    loads: true,
    reason: null,
    version: runtime.ort.env.versions.node ?? runtime.ort.env.versions.common,
    threads,
    device,
    has_device: device !== "none" && devices.includes(PROVIDERS[device][0]!),
    devices,
  };
}

/** Choosing has loaded it where it loads; else it is tried in a process of its own, since two TensorFlow.js in one process quarrel. */
async function examineTensorFlow(specFolder: string): Promise<TensorFlowState> {
  const found = findTfjsNode({ specFolder });
  if (found === undefined) return NO_TENSORFLOW;
  const { folder, where } = found;
  const tried = loadedVersions() ?? (await tryTfjsNode(path.resolve(folder)));
  if (!tried.computes)
    return { ...NO_TENSORFLOW, found: true, where, folder, reason: `it does not compute: ${tried.reason}` };
  const { version, library = null } = tried;
  return { found: true, where, folder, loads: true, reason: null, version, library };
}

const NO_TENSORFLOW: TensorFlowState = {
  found: false,
  where: null,
  folder: null,
  loads: false,
  reason: null,
  version: null,
  library: null,
};

/** Of the native TensorFlow that is in this process; undefined where there is none. */
function loadedVersions(): TriedTfjsNode | undefined {
  const loaded = tf as typeof tf | undefined;
  if (loaded?.getBackend() !== "tensorflow") return undefined;
  const backend = loaded.backend() as unknown as { binding?: { TF_Version?: string } };
  const library = backend.binding?.TF_Version;
  const versions = (loaded as unknown as { version: Record<string, string> }).version;
  return {
    computes: true,
    version: versions["tfjs-node"] ?? "unknown",
    ...(library === undefined ? {} : { library }),
  };
}

/** A module whose one function is `i32x4.splat` of a constant, dropped: valid where WebAssembly has vectors of 128 bits. */
const VECTORS = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x1a, 0x0b],
]);
