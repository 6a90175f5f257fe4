import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Claim } from "./claim-run.ts";
import { IN_RUN } from "./run-folder.ts";
import type { RunRecord } from "./run-record.ts";
import { RunWriter } from "./run-writer.ts";
import { cannotWrite, writeFileWhole } from "./write-file.ts";

/**
 * Opens the folder of a run that has ended, or whose process is gone, to write on in it: a line that a crash has left half
 * written is cut off, and from here on this process is the one that works on it.
 *
 * @param claim Of this folder: `claimRun`. The writer gives it back when it closes.
 * @param more What changes in `run.json`.
 * @throws UserError when the folder cannot be written to.
 */
export function resumeRun(
  folder: string,
  record: RunRecord,
  claim: Claim,
  more: Partial<Pick<RunRecord, "backend" | "epochs" | "arguments" | "versions">>,
): RunWriter {
  const resumed: RunRecord = { ...record, ...more, pid: process.pid, host: os.hostname() };
  try {
    cutHalfLine(path.join(folder, IN_RUN.events));
    fs.rmSync(path.join(folder, IN_RUN.cancel), { force: true });
    writeFileWhole(path.join(folder, IN_RUN.record), JSON.stringify(resumed, null, 2) + "\n");
    fs.writeFileSync(path.join(folder, IN_RUN.alive), "");
    return new RunWriter(folder, resumed, () => claim.release());
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

function cutHalfLine(file: string): void {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch {
    // A run that was killed before it could say anything.
    return;
  }
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) fs.truncateSync(file, end);
}
