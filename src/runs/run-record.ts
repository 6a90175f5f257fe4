import fs from "node:fs";
import path from "node:path";
import type { Backend, Mode, ParameterValues } from "../protocol/index.ts";
import { IN_RUN } from "./run-folder.ts";

/** `run.json`: what was asked, with all that is needed to ask it again, and which process does it. */
export interface RunRecord {
  /** Raised when a field changes its meaning or goes; adding a field does not raise it. */
  readonly version: 1;
  readonly run: string;
  /** Absent: a fit. */
  readonly kind?: "fit" | "tuning";
  /** Of a tuning: which one of the chain that the export makes, and of which workflow of a set. */
  readonly tuning?: {
    readonly index: number;
    readonly workflow_id?: string;
    /** The fit that the export leads to was not asked for. */
    readonly only_tune?: true;
  };
  /** Of a fit that a tuning led to: the tuning's run, the candidate, and its values. */
  readonly tuned?: {
    readonly run: string;
    readonly config: string;
    readonly values: ParameterValues;
    /** Which tuning of the export's chain it is of, where that tuning's own workflow is fitted and not the one of a `last_fit`. */
    readonly index?: number;
  };
  /** ISO 8601 in UTC. */
  readonly started: string;
  /** Process that runs it, and the machine it runs on: a pid means nothing on another one. */
  readonly pid: number;
  readonly host: string;
  readonly spec: {
    /** Absolute path. */
    readonly file: string;
    /** The name it is exported by; `default` too. */
    readonly workflow: string;
    readonly model: string;
    /** The spec and the neighbours it imports, as they were: the spec first. Paths start at the spec's folder, with `/`. */
    readonly texts: readonly { readonly path: string; readonly text: string }[];
  };
  readonly mode: Mode;
  /** The model's arguments as they are used, defaults included. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly engine: string;
  readonly seed: number;
  readonly epochs: number;
  readonly backend: Backend;
  readonly versions: Readonly<Record<string, string>>;
  /** Yardstick's names of the metrics asked for; absent: those of the mode. */
  readonly metrics?: readonly string[];
  /** Absent until the data are read. `fingerprint` changes when the rows do. */
  readonly data?: {
    readonly name: string;
    readonly fingerprint: string;
    readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  };
}

/** `run.json`, or null when there is none that makes sense. */
export function readRecord(folder: string): RunRecord | null {
  try {
    const record = JSON.parse(fs.readFileSync(path.join(folder, IN_RUN.record), "utf8")) as RunRecord | null;
    return typeof record?.run === "string" && typeof record.spec?.file === "string" ? record : null;
  } catch {
    return null;
  }
}
