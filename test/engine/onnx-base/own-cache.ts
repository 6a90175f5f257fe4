import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

// What these tests keep in the cache is no user's.
const folder = mkdtempSync(path.join(os.tmpdir(), "kspec-onnx-cache-"));
process.env["KSPEC_CACHE"] = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
