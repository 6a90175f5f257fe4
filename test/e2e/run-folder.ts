import { expect } from "@playwright/test";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { MetricRow, RunEvent } from "../../src/protocol/index.ts";
import type { RunRecord } from "../../src/runs/index.ts";

/** What a fit leaves in the workspace, read as anyone could read it: as plain files. */
export class RunFolder {
  readonly path: string;

  constructor(folder: string) {
    this.path = folder;
  }

  /** The newest run below a workspace folder, once there is one. */
  static async newest(workspace: string): Promise<RunFolder> {
    await expect.poll(() => runsOf(workspace).length, "a run folder").toBeGreaterThan(0);
    return new RunFolder(runsOf(workspace).at(-1) as string);
  }

  static all(workspace: string): RunFolder[] {
    return runsOf(workspace).map((folder) => new RunFolder(folder));
  }

  /** The events so far; a last line that is still being written does not count. */
  get events(): RunEvent[] {
    const text = this.read("events.jsonl");
    return text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RunEvent);
  }

  get epochs(): number {
    return this.events.filter(({ type }) => type === "epoch_end").length;
  }

  /** Trials of a tuning that have ended, as candidate and fold. */
  get trials(): string[] {
    return this.events.flatMap((event) =>
      event.type === "trial_ended" ? [`${event.config} ${event.fold}`] : [],
    );
  }

  get ended(): Extract<RunEvent, { type: "run_ended" }> | undefined {
    // A run that went on after an end has not ended by it.
    const last = this.events.findLast(({ type }) => type === "run_ended" || type === "resumed");
    return last?.type === "run_ended" ? last : undefined;
  }

  /** The process that works on it. */
  get pid(): number {
    return this.record.pid;
  }

  get record(): RunRecord {
    return JSON.parse(this.read("run.json")) as RunRecord;
  }

  get metrics(): MetricRow[] {
    return JSON.parse(this.read("metrics.json")) as MetricRow[];
  }

  estimate(metric: string): number | null | undefined {
    return this.metrics.find((row) => row[".metric"] === metric && row.set === "test")?.[".estimate"];
  }

  async reachesEpoch(epoch: number): Promise<void> {
    await expect
      .poll(() => this.epochs, { message: `epoch ${epoch}`, timeout: 60_000 })
      .toBeGreaterThanOrEqual(epoch);
  }

  async hasTrials(count: number): Promise<void> {
    await expect
      .poll(() => this.trials.length, { message: `${count} trials`, timeout: 90_000 })
      .toBeGreaterThanOrEqual(count);
  }

  async ends(status: "done" | "failed" | "cancelled"): Promise<void> {
    await expect
      .poll(() => this.ended?.status, { message: "the end of the run", timeout: 90_000 })
      .toBe(status);
  }

  read(file: string): string {
    try {
      return readFileSync(path.join(this.path, file), "utf8");
    } catch {
      return "";
    }
  }
}

function runsOf(workspace: string): string[] {
  const runs = path.join(workspace, ".kspec/runs");
  try {
    return readdirSync(runs, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(runs, entry.name))
      .sort();
  } catch {
    return [];
  }
}
