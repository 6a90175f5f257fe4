import path from "node:path";
import { reduceAll, type RelatedRun } from "../protocol/index.ts";
import { listRuns, readRecord, readRun, type RunRecord, type RunRow } from "../runs/index.ts";
import { resultWords } from "./run-words.ts";
import { tuningSummary } from "./tuning-words.ts";
import type { WatchedRun } from "./watched-run.ts";

/**
 * The runs that a person may want to see beside this one: the tuning whose candidate it fits; of a tuning the fits of its candidates, and
 * the other tunings that the same process did, as for a set of workflows. Told from the records on disk, so that it is the same after a reload.
 */
export function relatedRuns({
  folder,
  file,
  kind,
}: Pick<WatchedRun, "folder" | "file" | "kind">): RelatedRun[] {
  const record = folder === undefined ? null : readRecord(folder);
  if (folder === undefined || record === null) return [];
  const runsFolder = path.dirname(folder);
  const run = path.basename(folder);
  if (kind === "fit") {
    const tuning = record.tuned && path.join(runsFolder, path.basename(record.tuned.run));
    const words = tuning === undefined ? undefined : tuningWords(tuning);
    return words === undefined ? [] : [{ run: path.basename(tuning!), words }];
  }
  const others = listRuns(runsFolder)
    .filter((row) => row.file === file && row.run !== run)
    .map((row) => ({ row, record: readRecord(row.folder) }));
  return others.flatMap(({ row, record: other }) => {
    if (other?.tuned?.run === run) return [{ run: row.run, words: fitWords(row) }];
    if (!ofSameProcess(record, other)) return [];
    const words = tuningWords(row.folder);
    return words === undefined ? [] : [{ run: row.run, words }];
  });
}

function ofSameProcess(one: RunRecord, other: RunRecord | null): boolean {
  return other?.kind === "tuning" && other.pid === one.pid && other.host === one.host;
}

/** "Fit: test accuracy 0.742", "Fit: running". */
function fitWords({ status, metrics }: RunRow): string {
  return `Fit: ${(status === "done" ? resultWords(metrics) : undefined) ?? status}`;
}

/** "Tuning: accuracy 0.731 · 30 candidates"; undefined where the folder is no tuning's. */
function tuningWords(folder: string): string | undefined {
  const { record, events } = readRun(folder);
  if (record?.kind !== "tuning") return undefined;
  const { tuning } = reduceAll(events);
  const id = record.tuning?.workflow_id;
  return [`Tuning${id === undefined ? "" : ` ${id}`}`, tuning && tuningSummary(tuning)]
    .filter(Boolean)
    .join(": ");
}
