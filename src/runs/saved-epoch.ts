import fs from "node:fs";
import path from "node:path";
import { IN_RUN } from "./run-folder.ts";

/** The epoch whose model a run's folder holds, by the model itself; 0: it holds none. */
export function savedEpoch(folder: string): number {
  try {
    const text = fs.readFileSync(path.join(folder, IN_RUN.model, "model.json"), "utf8");
    const { userDefinedMetadata } = JSON.parse(text) as { userDefinedMetadata?: { epoch?: unknown } };
    return typeof userDefinedMetadata?.epoch === "number" ? userDefinedMetadata.epoch : 0;
  } catch {
    return 0;
  }
}
