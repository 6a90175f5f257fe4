import fs from "node:fs";
import path from "node:path";
import type { TrainingState } from "../engine/index.ts";
import type { RunEvent } from "../protocol/index.ts";
import type { Claim, RunRecord } from "../runs/index.ts";
import type { ReadDataset } from "./read-rows.ts";

/** A run that goes on in its folder. */
export interface ResumedRun {
  readonly record: RunRecord;
  readonly folder: string;
  readonly claim: Claim;
  /** All it has said so far. */
  readonly events: readonly RunEvent[];
  /** Where it goes on; null: no epoch was kept, so it begins anew. */
  readonly state: TrainingState | null;
  /** Read already, to see that it is what it was. */
  readonly dataset: ReadDataset;
}

/** Files of the spec that say something else by now, or are gone. */
export function changedFiles({ spec }: RunRecord): string[] {
  return spec.texts
    .filter(({ path: relative, text }) => {
      try {
        const now = fs.readFileSync(path.join(path.dirname(spec.file), relative), "utf8");
        return now.replace(/^\uFEFF/, "") !== text;
      } catch {
        return true;
      }
    })
    .map((file) => file.path);
}
