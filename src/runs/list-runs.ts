import fs from "node:fs";
import path from "node:path";
import { UserError, type MetricRow, type RunEnded, type RunEvent } from "../protocol/index.ts";
import { EventLines, lastEnd } from "./event-lines.ts";
import { isAlive } from "./is-alive.ts";
import type { RunStatus } from "./read-run.ts";
import { readRecord } from "./run-record.ts";
import { IN_RUN } from "./run-folder.ts";

/** One line of a listing. */
export interface RunRow {
  readonly run: string;
  readonly folder: string;
  readonly kind: "fit" | "tuning";
  readonly status: RunStatus;
  /** ISO 8601 in UTC. */
  readonly started: string;
  /** The spec's path; the name the workflow is exported by; its model's name. */
  readonly file: string;
  readonly workflow: string;
  readonly model: string;
  readonly seconds: number | null;
  /** What `metrics.json` holds; empty until the test set is evaluated. */
  readonly metrics: readonly MetricRow[];
}

/** The runs in a runs folder, newest first. A folder that is no run is passed over; a missing folder has none. */
export function listRuns(runsFolder: string): RunRow[] {
  let names: string[];
  try {
    names = fs.readdirSync(runsFolder);
  } catch {
    return [];
  }
  return names
    .map((name) => readRow(path.join(runsFolder, name)))
    .filter((row) => row !== null)
    .sort((a, b) => (a.started < b.started ? 1 : a.started > b.started ? -1 : a.run < b.run ? 1 : -1));
}

/** The newest fit with status `done` and metrics of this workflow of this spec. */
export function lastFinishedRun(runsFolder: string, file: string, workflow: string): RunRow | undefined {
  return listRuns(runsFolder).find(
    (row) =>
      row.kind === "fit" &&
      row.file === file &&
      row.workflow === workflow &&
      row.status === "done" &&
      row.metrics.length > 0,
  );
}

/**
 * The folder that a person means by a run: a path of it, its id or the unique beginning of one, or `last`.
 *
 * @throws UserError that names the newest runs there are.
 */
export function findRun(reference: string, runsFolder: string): string {
  const asPath = path.resolve(reference);
  if (fs.existsSync(path.join(asPath, IN_RUN.record))) return asPath;
  const rows = listRuns(runsFolder);
  if (reference === "last" && rows[0] !== undefined) return rows[0].folder;
  const exact = rows.find((row) => row.run === reference);
  if (exact !== undefined) return exact.folder;
  const matches = reference === "" ? [] : rows.filter((row) => row.run.startsWith(reference));
  if (matches.length === 1) return matches[0]!.folder;
  if (rows.length === 0)
    throw new UserError(
      "no-run",
      `There are no runs in ${runsFolder}. Fit a model first: kspec fit FILE. For a run kept elsewhere, give its folder.`,
    );
  const newest = (matches.length > 1 ? matches : rows).slice(0, 3).map((row) => row.run);
  throw new UserError(
    "no-run",
    `${matches.length > 1 ? `Several runs begin with "${reference}"` : `"${reference}" is no run`} in ${runsFolder}. ` +
      `Give a run's folder, its id or "last"; the newest: ${newest.join(", ")}.`,
  );
}

function readRow(folder: string): RunRow | null {
  const record = readRecord(folder);
  if (record === null) return null;
  const alive = isAlive(folder);
  const ended = readEnd(path.join(folder, IN_RUN.events));
  return {
    run: path.basename(folder),
    folder,
    kind: record.kind ?? "fit",
    status: ended?.status ?? (alive ? "running" : "lost"),
    started: record.started,
    file: record.spec.file,
    workflow: record.spec.workflow,
    model: record.spec.model,
    seconds: ended?.seconds ?? null,
    metrics: readMetrics(folder),
  };
}

/** What `metrics.json` of a run says; empty when there is none. */
export function readMetrics(folder: string): MetricRow[] {
  try {
    const rows: unknown = JSON.parse(fs.readFileSync(path.join(folder, IN_RUN.metrics), "utf8"));
    return Array.isArray(rows) ? (rows as MetricRow[]) : [];
  } catch {
    return [];
  }
}

/** `run_ended` is the last line of a run that has ended, so a long file need not be read from its beginning. */
function readEnd(file: string): RunEnded | undefined {
  const TAIL = 16_384;
  let handle: number;
  try {
    handle = fs.openSync(file, "r");
  } catch {
    return undefined;
  }
  try {
    const size = fs.fstatSync(handle).size;
    const bytes = Buffer.alloc(Math.min(TAIL, size));
    fs.readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    const events: RunEvent[] = new EventLines().push(bytes);
    return lastEnd(events);
  } catch {
    return undefined;
  } finally {
    fs.closeSync(handle);
  }
}
