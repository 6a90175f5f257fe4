import fs from "node:fs";
import path from "node:path";
import { IN_RUN } from "./run-folder.ts";
import { cannotWrite } from "./write-file.ts";

/**
 * Asks a run to stop, from any process on any platform: it keeps its last finished epoch and ends
 * as `cancelled` within a second or so. A run that has ended takes no notice.
 */
export function requestCancel(folder: string): void {
  try {
    fs.writeFileSync(path.join(folder, IN_RUN.cancel), "");
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}
