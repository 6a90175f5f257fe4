import fs from "node:fs";
import path from "node:path";
import type { RunEvent } from "../protocol/index.ts";
import { EventLines, lastEnd } from "./event-lines.ts";
import { isAlive } from "./is-alive.ts";
import { IN_RUN } from "./run-folder.ts";
import { readRecord, type RunRecord } from "./run-record.ts";

export type RunStatus = "running" | "done" | "failed" | "cancelled" | "lost";

export interface RunRead {
  readonly run: string;
  readonly folder: string;
  /** null when `run.json` is missing or cannot be read. */
  readonly record: RunRecord | null;
  readonly events: readonly RunEvent[];
  /** `lost`: the process is gone and said nothing. */
  readonly status: RunStatus;
  /** What could not be read, in sentences for people. */
  readonly notes: readonly string[];
  /** Bytes of `events.jsonl` that `events` came from; {@link followRun} goes on there. */
  readonly offset: number;
}

/** Reads a run whatever state it is in: running, ended, killed in the middle of a line, made by a newer KSpec. Never throws. */
export function readRun(folder: string): RunRead {
  // Asked before the events are read: a run that ends in between then has its last event.
  const alive = isAlive(folder);
  const lines = new EventLines();
  const notes: string[] = [];
  let events: readonly RunEvent[] = [];
  try {
    events = lines.push(fs.readFileSync(path.join(folder, IN_RUN.events)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      notes.push(`${IN_RUN.events} cannot be read: ${(error as Error).message}.`);
  }
  const record = readRecord(folder);
  if (record === null) notes.push(`${IN_RUN.record} is missing or cannot be read.`);
  notes.push(...lines.notes(alive));
  const ended = lastEnd(events);
  const status = ended?.status ?? (alive ? "running" : "lost");
  return { run: path.basename(folder), folder, record, events, status, notes, offset: lines.offset };
}
