import { readFileSync } from "node:fs";
import path from "node:path";
import { dataFolder } from "../../data/data-folder.ts";

/** A native TensorFlow that KSpec installed and saw compute. */
export interface InstalledTensorFlow {
  /** Has `node_modules/@tensorflow/tfjs-node`. */
  readonly folder: string;
  /** Of the package `@tensorflow/tfjs-node`. */
  readonly version: string;
  /** Of TensorFlow's library; absent where the package does not tell it. */
  readonly library?: string;
  readonly bytes: number;
  /** ISO 8601 in UTC. */
  readonly installed: string;
}

/**
 * The note that says what is installed and where. It lies in the user's data folder also when the editor has installed into its own storage,
 * so that editor and terminal find the same. An install that it does not name was never finished.
 */
export function installedNote(): string {
  return path.join(dataFolder(), "tensorflow.json");
}

/** What the note says; undefined without one, and where somebody spoilt it. Whether the folder still is there is not looked at. */
export function readInstalled(): InstalledTensorFlow | undefined {
  let note: Partial<InstalledTensorFlow> | null;
  try {
    note = JSON.parse(readFileSync(installedNote(), "utf8")) as typeof note;
  } catch {
    return undefined;
  }
  const { folder, version, library, bytes, installed } = note ?? {};
  if (typeof folder !== "string" || !path.isAbsolute(folder) || typeof version !== "string") return undefined;
  return {
    folder,
    version,
    ...(typeof library === "string" ? { library } : {}),
    bytes: typeof bytes === "number" ? bytes : 0,
    installed: typeof installed === "string" ? installed : "",
  };
}
