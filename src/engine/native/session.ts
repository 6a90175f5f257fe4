import type { Rows } from "../rows.ts";
import { coresHere } from "./cores.ts";
import { PROVIDERS, type Device } from "./device.ts";
import type { Exported } from "./export.ts";
import { encodeModel } from "./onnx/encode.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { NativeThread, type Feed } from "./thread.ts";

/** A network that is ready to compute, with its weights in native memory. */
export interface NativeSession {
  /** Where the wanted device was not to be had: one sentence. */
  readonly note: string | undefined;
  /** The network's outputs for these rows. `inputs` are all the network's, in its order. */
  run(inputs: readonly Rows[], rows: number): Promise<Rows[]>;
  release(): Promise<void>;
}

/**
 * Gives an exported network to ONNX Runtime, on all processor cores or on another device where this build of it has
 * one; else on the processor, with a note.
 *
 * @throws Error when ONNX Runtime refuses the model.
 */
export async function openSession(
  ort: OnnxRuntime,
  exported: Exported,
  device: Exclude<Device, "none"> = "auto",
): Promise<NativeSession> {
  const thread = NativeThread.get();
  const { session, note } = await createSession(ort, thread, () => encodeModel(exported), device);
  // Taken out, so that nobody holds the weights now that ONNX Runtime has them.
  const { inputs: ports, outputs, reads } = exported;
  return {
    note,
    async run(inputs, rows) {
      const feeds = ports.map(({ name }, i): Feed => {
        const { shape, values } = inputs[reads[i]!]!;
        // A copy, which is given away: what it is cut from is larger, and stays here.
        return [name, values.slice(), [rows, ...shape]];
      });
      const results = new Map(
        (await thread.run(session, feeds)).map(([name, values, dims]) => [name, { values, dims }]),
      );
      return outputs.map(({ name }): Rows => {
        const { dims, values } = results.get(name)!;
        return { shape: dims.slice(1), values };
      });
    },
    release: () => thread.release(session),
  };
}

/** On its own, because what it reads would stay in memory beside what the session's methods read. */
async function createSession(
  ort: OnnxRuntime,
  thread: NativeThread,
  encode: () => Uint8Array,
  device: Exclude<Device, "none">,
): Promise<{ session: number; note: string | undefined }> {
  const open = (providers: readonly string[]) =>
    thread.create(encode(), {
      executionProviders: [...providers],
      intraOpNumThreads: coresHere(),
      graphOptimizationLevel: "all",
      // Its warnings speak of its own graph; what matters throws.
      logSeverityLevel: 3,
    });
  const wanted = PROVIDERS[device];
  const absent = wanted.find((name) => !ort.listSupportedBackends().some((one) => one.name === name));
  let failure = absent === undefined ? undefined : "its build for this platform has no such thing";
  const session = await open(failure === undefined ? wanted : ["cpu"]).catch((error: unknown) => {
    if (wanted.length === 1) throw error;
    failure = String((error as Error).message ?? error).split("\n")[0]!;
    return open(["cpu"]);
  });
  const note =
    failure === undefined
      ? undefined
      : `ONNX Runtime cannot compute on ${device} here (${failure}), so the processor computes.`;
  return { session, note };
}

/**
 * How many rows to compute at once: as many as fit into 256 MB, but no more than about a quarter of a second's work, so
 * that progress is seen and a cancel heard. The same network always gets the same number, and so the same features.
 */
export function rowsAtOnce({ load }: Exported): number {
  // What one layer reads and gives, what waits for later layers, and what ONNX Runtime needs beside.
  const bytes = load.values * 4 * 3;
  const rows = Math.min(256e6 / bytes, 16e9 / Math.max(1, load.multiplications), 256);
  return 2 ** Math.max(0, Math.floor(Math.log2(rows)));
}
