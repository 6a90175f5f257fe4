/**
 * `npm test`: everything that proves KSpec, from a fresh clone. Installs what is missing, then runs check, the
 * package, unit, type, engine and end-to-end tests, and ends with the line `N passed, N failed`.
 *
 * Only Node's built-ins are imported before `npm ci` has run. Counts come from the runners' own reports; a runner that
 * ends badly without naming a failed test counts as one failure, so that nothing can be lost.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { installChromium } from "../test/e2e/vscode/chromium.mjs";
import { installVSCode } from "../test/e2e/vscode/install.mjs";
import { ensureInstalled } from "./bootstrap/install.mjs";

const root = path.join(import.meta.dirname, "..");
const reports = path.join(root, ".tmp/reports");

const start = performance.now();
const results = [];

// Whatever happens, also where a step ends the process itself, the last line says how it stands.
process.on("exit", (code) => {
  if (code !== 0 && sum("failed") === 0) results.push({ stage: "set-up", passed: 0, failed: 1, skipped: 0 });
  summarise();
});
const running = new Set();
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(130);
  });

ensureInstalled();
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

// A Chromium, a VS Code and native TensorFlow are fetched while the processors check types.
let tfjsNode;
const setUpNative = step("tfjs-node set-up", async () => {
  const { setUpTfjsNode } = await import("./test-tfjs-node.mjs");
  try {
    tfjsNode = await setUpTfjsNode();
  } catch (error) {
    // Where every run begins afresh, a part that never runs would not be missed.
    if (process.env.CI === "true") throw error;
    console.log(`The tests on native TensorFlow are left out: ${error.message}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  return { passed: 0, failed: 0, skipped: 0 };
});
const setUp = step("editor", async () => {
  installChromium(console.log);
  await installVSCode(undefined, console.log);
  return { passed: 0, failed: 0, skipped: 0 };
});
await step("check", async () => {
  const { check } = await import("./check.mjs");
  return { ...(await check(console.log)), skipped: 0 };
});
await setUp;
await setUpNative;

let vsix;
await step("package", async () => {
  const { packageExtension } = await import("./package.mjs");
  vsix = (await packageExtension({ say: console.log })).file;
  return { passed: 1, failed: 0, skipped: 0 };
});
await step("unit", () => vitest("unit"));
await step("types", () => vitest("types"));
await step("engine", () => vitest("engine"));
// The same training on the engines that a spec may choose instead.
const { NATIVE_TESTS, onTfjsNode, TRAINING_TESTS } = await import("./test-tfjs-node.mjs");
await step("wasm", () => vitest("wasm", TRAINING_TESTS, { KSPEC_TEST_ENGINE: "wasm" }));
if (tfjsNode) await step("tfjs-node", () => vitest("tfjs-node", NATIVE_TESTS, onTfjsNode(tfjsNode)));
if (vsix) await step("end-to-end", endToEnd);

process.exit(sum("failed") === 0 ? 0 : 1);

/** Runs one stage; an exception is a failure of it, with its message. */
async function step(stage, work) {
  console.log(`\n## ${stage}\n`);
  const begun = performance.now();
  const counts = await work().catch((error) => {
    console.error(error.message);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  results.push({ stage, ...counts, seconds: (performance.now() - begun) / 1000 });
}

/** @param tests What vitest is to run; default: the project of that name. */
async function vitest(stage, tests = [`--project=${stage}`], env = {}) {
  const report = path.join(reports, `${stage}.json`);
  const status = await run(
    "vitest/vitest.mjs",
    ["run", ...tests, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    env,
  );
  return counted(status, () => {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = readJson(report);
    // A file that does not even load has no tests, and is a failure all the same.
    const broken = testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    );
    return {
      passed: numPassedTests,
      failed: numFailedTests + broken.length,
      skipped: numPendingTests + numTodoTests,
    };
  });
}

async function endToEnd() {
  const status = await run("../test/e2e/run.mjs", ["--vsix", vsix]);
  return counted(status, () => {
    const { stats } = readJson(path.join(root, ".tmp/e2e/report.json"));
    if (stats.flaky > 0) console.log(`${stats.flaky} end-to-end tests passed only at the second try.`);
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
  });
}

/** A runner's counts; at least one failure when it ended badly, or left no report. */
function counted(status, read) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = read();
  } catch (error) {
    console.error(`The runner left no report: ${error.message}`);
    status ||= 1;
  }
  if (counts.passed + counts.failed === 0) status ||= 1;
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function run(program, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, "node_modules", program), ...args], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    running.add(child);
    child.on("error", () => resolve(1));
    child.on("close", (status) => {
      running.delete(child);
      resolve(status ?? 1);
    });
  });
}

function summarise() {
  console.log("");
  for (const { stage, passed, failed, skipped, seconds } of results)
    console.log(
      [
        stage.padEnd(18),
        `${passed} passed`.padStart(12),
        `${failed} failed`.padStart(10),
        skipped > 0 ? `${skipped} skipped`.padStart(12) : "".padStart(12),
        seconds === undefined ? "" : `${seconds.toFixed(0)} s`.padStart(8),
      ].join(""),
    );
  console.log(`${((performance.now() - start) / 60_000).toFixed(1)} minutes`);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
}

function sum(key) {
  return results.reduce((total, result) => total + result[key], 0);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
