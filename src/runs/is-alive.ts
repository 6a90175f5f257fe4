import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { IN_RUN } from "./run-folder.ts";
import { readRecord } from "./run-record.ts";

/** A heartbeat older than this is none: the process was stopped, or its pid now belongs to another. */
export const STALE_MS = 30_000;

/**
 * Whether the process of a run still works on it: its heartbeat is fresh and, on this machine, its
 * pid exists. A run that has ended is not alive.
 */
export function isAlive(folder: string): boolean {
  let touched: number;
  try {
    touched = fs.statSync(path.join(folder, IN_RUN.alive)).mtimeMs;
  } catch {
    return false;
  }
  const record = readRecord(folder);
  if (record === null) return false;
  if (record.host === os.hostname() && !processExists(record.pid)) return false;
  return Date.now() - touched < STALE_MS;
}

/** Whether a process of this machine is there and not a zombie. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !isZombie(pid);
}

/** A killed process that nobody has waited for (containers without an init) keeps its pid on Linux. */
function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
