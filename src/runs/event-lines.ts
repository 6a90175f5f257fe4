import type { RunEnded, RunEvent } from "../protocol/index.ts";

/** Every type of event that this version knows; the compiler keeps it complete. */
const KNOWN: Record<RunEvent["type"], true> = {
  run_started: true,
  resumed: true,
  phase_started: true,
  progress: true,
  model_built: true,
  trainer_chosen: true,
  epoch_end: true,
  metrics: true,
  evaluation: true,
  problem: true,
  run_ended: true,
  tuning_started: true,
  candidates_added: true,
  trial_started: true,
  trial_ended: true,
  candidates_eliminated: true,
};
export const RUN_EVENT_TYPES = Object.keys(KNOWN) as RunEvent["type"][];

/** The end of a run; undefined when it has none, or went on after it. */
export function lastEnd(events: readonly RunEvent[]): RunEnded | undefined {
  const last = events.findLast(({ type }) => type === "run_ended" || type === "resumed");
  return last?.type === "run_ended" ? last : undefined;
}

/** Bytes of `events.jsonl` → events. Bytes may come in pieces of any length; a line counts once its end has come. */
export class EventLines {
  /** Bytes of whole lines so far. */
  offset = 0;
  #rest: Buffer = Buffer.alloc(0);
  #spoilt = 0;
  readonly #unknown = new Map<string, number>();

  push(bytes: Buffer): RunEvent[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf("\n") + 1;
    this.#rest = all.subarray(end);
    this.offset += end;
    const events: RunEvent[] = [];
    for (const line of all.toString("utf8", 0, end).split("\n")) {
      if (line.trim() === "") continue;
      const event = this.#read(line);
      if (event !== null) events.push(event);
    }
    return events;
  }

  /** @param growing whether somebody still writes: then half a line at the end is nothing to speak of. */
  notes(growing: boolean): string[] {
    const notes: string[] = [];
    if (this.#rest.length > 0 && !growing)
      notes.push("The last line of events.jsonl is cut off (a crash, or a full disk) and is left out.");
    if (this.#spoilt > 0)
      notes.push(`${this.#spoilt} ${this.#spoilt === 1 ? "line" : "lines"} of events.jsonl cannot be read.`);
    for (const [type, count] of this.#unknown)
      notes.push(
        `${count} ${count === 1 ? "event" : "events"} of the unknown type "${type}" left out: a newer KSpec wrote this run.`,
      );
    return notes;
  }

  #read(line: string): RunEvent | null {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#spoilt++;
      return null;
    }
    const event = value as Partial<RunEvent> | null;
    if (typeof event?.type !== "string" || typeof event.time !== "string") {
      this.#spoilt++;
      return null;
    }
    if (!Object.hasOwn(KNOWN, event.type)) {
      this.#unknown.set(event.type, (this.#unknown.get(event.type) ?? 0) + 1);
      return null;
    }
    return event as RunEvent;
  }
}
