import fs from "node:fs";
import path from "node:path";
import type { MetricRow, RunEvent } from "../protocol/index.ts";
import { Heartbeat } from "./heartbeat.ts";
import { IN_RUN } from "./run-folder.ts";
import type { RunRecord } from "./run-record.ts";
import { cannotWrite, writeFileAside, writeFileWhole } from "./write-file.ts";

/** A RunEvent before it is told whose it is and when it was said. */
export type UnstampedEvent<Event extends RunEvent = RunEvent> = Event extends RunEvent
  ? Omit<Event, "run" | "time">
  : never;

/**
 * The one writer of a run's folder. Whatever it has written can be read at every moment: lines are
 * appended whole, other files replaced whole. Methods that write throw a UserError when the disk is
 * full, read-only or not ours.
 */
export class RunWriter {
  readonly folder: string;
  /** The run's id: the name of its folder. */
  readonly id: string;
  /** Aborted within half a second after somebody called `requestCancel`. */
  readonly cancelled: AbortSignal;

  #record: RunRecord;
  readonly #events: number;
  /** Bytes of whole lines: what the file is cut back to after a write that got half through. */
  #length = 0;
  #flushed = 0;
  readonly #heartbeat: Heartbeat;
  readonly #watch: NodeJS.Timeout;
  readonly #onClose: () => void;

  /** @param onClose called when the folder is free for others. */
  constructor(folder: string, record: RunRecord, onClose: () => void = () => undefined) {
    this.folder = folder;
    this.id = record.run;
    this.#record = record;
    this.#onClose = onClose;
    try {
      this.#events = fs.openSync(path.join(folder, IN_RUN.events), "a");
      this.#length = fs.fstatSync(this.#events).size;
    } catch (error) {
      throw cannotWrite(folder, error);
    }
    const cancel = new AbortController();
    this.cancelled = cancel.signal;
    this.#watch = setInterval(() => {
      if (fs.existsSync(path.join(folder, IN_RUN.cancel))) cancel.abort();
    }, 500);
    this.#watch.unref();
    this.#heartbeat = new Heartbeat(path.join(folder, IN_RUN.alive));
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** The event with the run's id and the time now; {@link append} writes it. */
  stamp(event: UnstampedEvent): RunEvent {
    // `type` stays the first key: people read these lines.
    const { type, ...rest } = event;
    return { type, run: this.id, time: new Date().toISOString(), ...rest } as RunEvent;
  }

  /** Adds a line to `events.jsonl`. Lines that matter after a power cut are flushed, at most once a second. */
  append(event: RunEvent): void {
    const line = Buffer.from(JSON.stringify(event) + "\n");
    try {
      for (let done = 0; done < line.length;) done += fs.writeSync(this.#events, line, done);
      this.#length += line.length;
      const last = event.type === "run_ended";
      if (last || (event.type !== "progress" && Date.now() - this.#flushed > 1000)) {
        fs.fsyncSync(this.#events);
        this.#flushed = Date.now();
      }
    } catch (error) {
      // A full disk may have taken half the line; without it the next line would be spoilt too.
      try {
        fs.ftruncateSync(this.#events, this.#length);
      } catch {
        // Readers pass over a line that is cut off.
      }
      throw cannotWrite(this.folder, error);
    }
  }

  /** Brings all lines so far to the disk: before a file that speaks of them. */
  flush(): void {
    try {
      fs.fsyncSync(this.#events);
      this.#flushed = Date.now();
    } catch (error) {
      throw cannotWrite(this.folder, error);
    }
  }

  /** Replaces `run.json` with more in it. */
  update(more: Partial<Pick<RunRecord, "data" | "backend" | "arguments" | "epochs">>): void {
    this.#record = { ...this.#record, ...more };
    this.write(IN_RUN.record, JSON.stringify(this.#record, null, 2) + "\n");
  }

  /** Writes `metrics.json`: rows with yardstick's keys in yardstick's order. */
  writeMetrics(rows: readonly MetricRow[]): void {
    const ordered = rows.map((row) => ({
      ".metric": row[".metric"],
      ".estimator": row[".estimator"],
      ".estimate": row[".estimate"],
      set: row.set,
      ...(row.outcome === undefined ? {} : { outcome: row.outcome }),
    }));
    this.write(IN_RUN.metrics, JSON.stringify(ordered, null, 2) + "\n");
  }

  /** Writes a file of the run whole. @param name relative to the folder, with `/`. */
  write(name: string, content: string | Uint8Array): void {
    writeFileWhole(this.path(name), content);
  }

  /** Writes a picture of a test row. Flushing each of a hundred would take seconds. */
  writePicture(name: string, png: Uint8Array): void {
    writeFileAside(this.path(name), png);
  }

  path(name: string): string {
    return path.join(this.folder, ...name.split("/"));
  }

  /** Ends the heartbeat. Nothing can be appended after it. */
  close(): void {
    clearInterval(this.#watch);
    this.#heartbeat.stop();
    fs.closeSync(this.#events);
    for (const name of [IN_RUN.alive, IN_RUN.cancel]) fs.rmSync(this.path(name), { force: true });
    this.#onClose();
  }
}
