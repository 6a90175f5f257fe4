import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { encodeModel } from "../onnx/encode.ts";
import type { Graph } from "../onnx/graph.ts";
import { NativeThread } from "../thread.ts";
import type { TrainingGraph } from "./training-graph.ts";

/** A session that trainings of the same graph have in common: hyperparameters go in as numbers, and weights too. */
export interface SharedSession {
  readonly id: number;
  release(): Promise<void>;
}

interface Entry {
  /** A thread that has ended takes its sessions along. */
  readonly thread: NativeThread;
  readonly id: Promise<number>;
  users: number;
}

/** Most recently used last. */
const sessions = new Map<string, Entry>();
/** Sessions that nobody uses and that may be asked for again: candidates that are tuned are few graphs. */
const KEPT = 8;

/** @throws Error when ONNX Runtime refuses the graph; UnsupportedLayer when a layer's weights cannot be trained. */
export async function sessionFor(graph: TrainingGraph): Promise<SharedSession> {
  const bytes = encodeModel(graph);
  const threads = threadsFor(graph);
  const key = `${createHash("sha256").update(bytes).digest("hex")} ${threads}`;
  const thread = NativeThread.get();
  let entry = sessions.get(key);
  if (entry?.thread !== thread) {
    const id = thread.create(bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      // Threads that wait by looking again and again keep each other from working where the machine has something else to do.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    entry = { thread, id, users: 0 };
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
    async release() {
      used.users--;
      const idle = [...sessions].filter(([, { users }]) => users === 0);
      for (const [old, gone] of idle.slice(0, Math.max(0, idle.length - KEPT))) {
        sessions.delete(old);
        if (gone.thread === NativeThread.get()) await gone.thread.release(await gone.id);
      }
    },
  };
}

/** Small heads lose more by waiting for a second thread than it computes. */
function threadsFor({ load, graph }: TrainingGraph): number {
  return load.multiplications > 1e6 && !addsInPlace(graph) ? availableParallelism() : 1;
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
