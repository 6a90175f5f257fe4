import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { IN_RUN, runId } from "./run-folder.ts";
import type { RunRecord } from "./run-record.ts";
import { RunWriter } from "./run-writer.ts";
import { cannotWrite, writeFileWhole } from "./write-file.ts";

/**
 * Makes a run's folder, with `run.json` in it and a heartbeat beside it.
 *
 * @param runsFolder where runs are kept ({@link runsFolderFor}); made when it is not there.
 * @param name goes into the folder's name: the workflow's or the model's.
 * @param asked everything of `run.json` that the caller knows.
 * @throws UserError when the folder cannot be written to.
 */
export function createRun(
  runsFolder: string,
  name: string,
  asked: Omit<RunRecord, "version" | "run" | "started" | "pid" | "host">,
): RunWriter {
  const started = new Date();
  const folder = makeFolder(runsFolder, name, started);
  const record: RunRecord = {
    version: 1,
    run: path.basename(folder),
    started: started.toISOString(),
    pid: process.pid,
    host: os.hostname(),
    ...asked,
  };
  try {
    // Kept inside the run, so that a folder named by --runs is not ignored as a whole.
    fs.writeFileSync(path.join(folder, ".gitignore"), "*\n");
    fs.writeFileSync(path.join(folder, IN_RUN.alive), "");
    writeFileWhole(path.join(folder, IN_RUN.record), JSON.stringify(record, null, 2) + "\n");
    return new RunWriter(folder, record);
  } catch (error) {
    // Half a run is of no use to anybody.
    fs.rmSync(folder, { recursive: true, force: true });
    throw cannotWrite(folder, error);
  }
}

function makeFolder(runsFolder: string, name: string, started: Date): string {
  try {
    makeParents(runsFolder);
    // The thousandths of the second, so that names sort as the runs began; the next one where that is taken.
    for (let tick = started.getMilliseconds(); ; tick++) {
      const suffix = (tick % 36 ** 2).toString(36).padStart(2, "0");
      const folder = path.join(runsFolder, runId(name, started, suffix));
      try {
        // Not recursive: making it fails when another process was quicker with the same name.
        fs.mkdirSync(folder);
        return folder;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  } catch (error) {
    throw cannotWrite(runsFolder, error);
  }
}

function makeParents(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    // On a read-only file system Node says ENOENT here; asking the nearest folder there is gives the reason.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      let there = path.dirname(folder);
      while (!fs.existsSync(there) && there !== path.dirname(there)) there = path.dirname(there);
      fs.accessSync(there, fs.constants.W_OK);
    }
    throw error;
  }
}
