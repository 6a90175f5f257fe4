import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { RUN_EVENT_VERSION } from "../../src/protocol/index.ts";
import type { RunRecord, UnstampedEvent } from "../../src/runs/index.ts";

/** What a caller of `createRun` knows. */
export const ASKED: Omit<RunRecord, "version" | "run" | "started" | "pid" | "host"> = {
  spec: { file: "/photos/cats.kspec.ts", workflow: "default", model: "cats", texts: [] },
  mode: "classification",
  arguments: { fit_epochs: 2 },
  engine: "auto",
  seed: 7,
  epochs: 2,
  backend: { name: "wasm", reason: "tfjs-node was not found." },
  versions: { kspec: "0.1.0" },
};

export function startedEvent(folder: string): UnstampedEvent {
  return {
    type: "run_started",
    version: RUN_EVENT_VERSION,
    spec: { file: ASKED.spec.file, workflow: "default", model: "cats" },
    mode: ASKED.mode,
    arguments: ASKED.arguments,
    seed: ASKED.seed,
    backend: ASKED.backend,
    versions: ASKED.versions,
    folder,
    epochs: ASKED.epochs,
  };
}

/** An empty folder that goes away after the test. */
export function temporaryFolder(): string {
  const folder = path.join(os.tmpdir(), `kspec-test-${randomUUID()}`);
  fs.mkdirSync(folder);
  onTestFinished(() => {
    try {
      fs.chmodSync(folder, 0o755);
    } catch {
      // It is gone already.
    }
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
