/** Run folders: written by one process ({@link createRun}), read by everyone else. */
export { createRun } from "./create-run.ts";
export { claimRun, type Claim } from "./claim-run.ts";
export { resumeRun } from "./resume-run.ts";
export { RunWriter, type UnstampedEvent } from "./run-writer.ts";
export { IN_RUN, runsFolderFor } from "./run-folder.ts";
export { readRecord, type RunRecord } from "./run-record.ts";
export { readRun, type RunRead, type RunStatus } from "./read-run.ts";
export { followRun, type FollowOptions } from "./follow-run.ts";
export { findRun, lastFinishedRun, listRuns, readMetrics, type RunRow } from "./list-runs.ts";
export { savedEpoch } from "./saved-epoch.ts";
export { isAlive } from "./is-alive.ts";
export { requestCancel } from "./request-cancel.ts";
export { RUN_EVENT_TYPES } from "./event-lines.ts";
export { cannotWrite, writeFileWhole } from "./write-file.ts";
export { tidyRun, type LayerRow } from "./tidy-run.ts";
export { glanceRun } from "./glance-run.ts";
