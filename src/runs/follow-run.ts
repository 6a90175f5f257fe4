import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvent } from "../protocol/index.ts";
import { EventLines, lastEnd } from "./event-lines.ts";
import { isAlive } from "./is-alive.ts";
import { IN_RUN } from "./run-folder.ts";

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Bytes already read ({@link RunRead.offset}). Default 0: from the first event. */
  readonly offset?: number;
  /** Milliseconds between looks. Default 250. Looking works on every file system, watching does not. */
  readonly every?: number;
}

/**
 * Reads on in a run that another process writes, and hands over its events as they come.
 *
 * @returns `ended` after `run_ended`; `lost` when the process is gone without one; `stopped` when the signal said so.
 */
export async function followRun(
  folder: string,
  onEvents: (events: readonly RunEvent[]) => void,
  options: FollowOptions = {},
): Promise<"ended" | "lost" | "stopped"> {
  const lines = new EventLines();
  const start = options.offset ?? 0;
  let read = start;
  let deadLooks = 0;
  for (;;) {
    if (options.signal?.aborted) return "stopped";
    // Asked before reading: what a process wrote before it died is still read.
    const alive = isAlive(folder);
    const bytes = readFrom(path.join(folder, IN_RUN.events), read);
    read += bytes.length;
    const events = lines.push(bytes);
    if (events.length > 0) onEvents(events);
    if (lastEnd(events) !== undefined) return "ended";
    // Two looks, because the folder of a run that begins has no heartbeat yet for a moment.
    deadLooks = alive ? 0 : deadLooks + 1;
    if (deadLooks >= 2 && bytes.length === 0) return "lost";
    try {
      await sleep(options.every ?? 250, undefined, options.signal ? { signal: options.signal } : {});
    } catch {
      return "stopped";
    }
  }
}

/** All bytes from `offset` on; none when the file is not there (yet). */
function readFrom(file: string, offset: number): Buffer {
  let handle: number;
  try {
    handle = fs.openSync(file, "r");
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fs.fstatSync(handle).size - offset));
    return bytes.subarray(0, fs.readSync(handle, bytes, 0, bytes.length, offset));
  } catch {
    return Buffer.alloc(0);
  } finally {
    fs.closeSync(handle);
  }
}
