/** Whole processes, start to end: what a person waits for in a terminal. */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { interleaved, wholeProcess } from "./interleaved.mjs";

const root = path.join(import.meta.dirname, "../..");
const runs = mkdtempSync(path.join(os.tmpdir(), "kspec-bench-"));
const kspec = (...args) => wholeProcess(process.execPath, ["dist/cli.js", ...args], { cwd: root });

try {
  interleaved(
    {
      "node, doing nothing": wholeProcess(process.execPath, ["-e", "0"]),
      "kspec --help": kspec("--help"),
      "kspec check, the example": kspec("check", "examples/digits_transfer.kspec.ts"),
      "kspec fit, the example": kspec(
        "fit",
        "examples/digits_transfer.kspec.ts",
        "--seed",
        "1",
        "--runs",
        runs,
      ),
      "npm start, warm": wholeProcess("npm", ["start"], { cwd: root }),
    },
    { title: "whole process" },
  );
} finally {
  rmSync(runs, { recursive: true, force: true });
}
