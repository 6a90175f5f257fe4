import { reduceAll, type FitRequest, type TuningState } from "../../protocol/index.ts";
import { listRuns, readRecord, readRun, runsFolderFor, type RunRecord } from "../../runs/index.ts";
import type { LoadedSpec } from "../load-spec.ts";

/** The newest finished run of this tuning whose spec, neighbours included, said what it says now; with the same seed, where one is asked for. */
export function finishedTuning(
  spec: LoadedSpec,
  exported: string,
  index: number,
  { workspace, runs, seed }: Pick<FitRequest, "workspace" | "runs" | "seed">,
): { readonly record: RunRecord; readonly state: TuningState } | undefined {
  const texts = JSON.stringify(spec.texts);
  const rows = listRuns(runsFolderFor(spec.file, { workspace, override: runs }));
  for (const { folder, kind, status, file, workflow } of rows) {
    if (kind !== "tuning" || status !== "done" || file !== spec.file || workflow !== exported) continue;
    const record = readRecord(folder);
    if (record === null || record.tuning?.index !== index || JSON.stringify(record.spec.texts) !== texts)
      continue;
    if (seed !== undefined && record.seed !== seed) continue;
    const { tuning: state, problems } = reduceAll(readRun(folder).events);
    if (state !== null && !problems.some(({ code }) => code === "time-budget")) return { record, state };
  }
  return undefined;
}
