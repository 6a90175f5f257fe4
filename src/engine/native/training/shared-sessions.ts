import { createHash } from "node:crypto";
import { coresHere } from "../cores.ts";
import type { Load } from "../export.ts";
import { encodeModel } from "../onnx/encode.ts";
import type { Graph, WholeGraph } from "../onnx/graph.ts";
import { sizeOf } from "../../rows.ts";
import { NativeThread } from "../thread.ts";
import type { StepMemory } from "./memory.ts";

/** A session that trainings of the same graph have in common: hyperparameters go in as numbers, and weights too. */
export interface SharedSession {
  readonly id: number;
  /** Milliseconds of a step with batches of so many rows, as it was last seen. */
  readonly paces: Map<number, number>;
  release(): Promise<void>;
}

/** A graph that says what one row asks of a machine. */
type LoadedGraph = WholeGraph & { readonly load: Load; readonly memory?: StepMemory };

interface Entry {
  /** A thread that has ended takes its sessions along. */
  readonly thread: NativeThread;
  readonly id: Promise<number>;
  readonly paces: Map<number, number>;
  /** What it holds on to between runs, about. */
  readonly bytes: number;
  users: number;
}

/** Most recently used last. */
const sessions = new Map<string, Entry>();
/** Sessions that nobody uses and that may be asked for again. */
let kept = 8;

/** Bytes that those may hold on to: ONNX Runtime gives back none of what a step of a session once took. */
const MOST = 512e6;
/** Rows of a batch, where one is sized up that may be run with any. */
const USUAL_BATCH = 32;

/** Keeps more of them from now on: candidates that are tuned are some dozens of graphs, which come round and round. */
export function keepSessions(count: number): void {
  kept = Math.max(kept, count);
}

/** What stands for a graph, once it has been written out. */
const digests = new WeakMap<LoadedGraph, string>();

/** @throws Error when ONNX Runtime refuses the graph; UnsupportedLayer when a layer's weights cannot be trained. */
export async function sessionFor(graph: LoadedGraph): Promise<SharedSession> {
  let bytes: Uint8Array | undefined;
  let digest = digests.get(graph);
  if (digest === undefined) {
    bytes = encodeModel(graph);
    digest = createHash("sha256").update(bytes).digest("hex");
    digests.set(graph, digest);
  }
  const threads = threadsFor(graph);
  const key = `${digest} ${threads}`;
  const thread = NativeThread.get();
  let entry = sessions.get(key);
  if (entry?.thread !== thread) {
    const id = thread.create(bytes ?? encodeModel(graph), {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      // Small blocks are had as quickly from the system, which gets them back; an arena keeps some megabytes for each session.
      enableCpuMemArena: bytesOf(graph) > 16e6,
      // Threads that wait by looking again and again keep each other from working where the machine has something else to do.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    entry = { thread, id, paces: new Map(), bytes: bytesOf(graph), users: 0 };
  }
  sessions.delete(key);
  sessions.set(key, entry);
  entry.users++;
  let id: number;
  try {
    id = await entry.id;
  } catch (error) {
    sessions.delete(key);
    throw error;
  }
  const used = entry;
  return {
    id,
    paces: used.paces,
    async release() {
      used.users--;
      const idle = [...sessions].filter(([, { users }]) => users === 0);
      let bytes = idle.reduce((sum, [, { bytes: own }]) => sum + own, 0);
      for (const [i, [old, gone]] of idle.entries()) {
        if (idle.length - i <= kept && bytes <= MOST) break;
        bytes -= gone.bytes;
        sessions.delete(old);
        if (gone.thread === NativeThread.get()) await gone.thread.release(await gone.id);
      }
    },
  };
}

/** A step's memory, or the forward pass's, and the constants. */
function bytesOf({ load, memory, graph }: LoadedGraph): number {
  const step = memory?.(USUAL_BATCH) ?? 4 * 3 * USUAL_BATCH * load.values;
  const held = [...graph.constants.values()].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  return step + held;
}

/** Small heads lose more by waiting for a second thread than it computes. */
function threadsFor({ load, graph }: LoadedGraph): number {
  return load.multiplications > 1e6 && !addsInPlace(graph) ? coresHere() : 1;
}

/**
 * Whether gradients of rows that are read several times (an embedding's) are added up. ONNX Runtime 1.30 does that with all threads
 * at once without keeping them apart: sums get lost, and differ from run to run.
 */
function addsInPlace({ nodes }: Graph): boolean {
  return nodes.some(
    ({ op, attributes }) =>
      (op === "ScatterND" && attributes["reduction"] !== undefined) ||
      Object.values(attributes).some((one) => "graph" in one && addsInPlace(one.graph.graph)),
  );
}
