/**
 * `npm run test:tfjs-node`: the tests that TensorFlow.js takes part in, on native TensorFlow. Uses the installation that KSPEC_TFJS_NODE
 * names; without one, makes it (setup-tfjs-node.mjs) beside the real VS Code of the end-to-end tests, outside the tree.
 */
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { cacheFolder } from "../test/e2e/vscode/install.mjs";

const root = path.join(import.meta.dirname, "..");

/**
 * The tests that leave the engine to `npm test`, which runs them three times: on the one that KSpec chooses, on WebAssembly and on native
 * TensorFlow. They say no engine, and KSPEC_TEST_ENGINE does (test/engine/examples.ts).
 */
export const TRAINING_TESTS = [
  "--project=engine",
  ...["backend", "fit", "fit-behaviour", "frozen", "every-layer"].map(
    (name) => `test/engine/${name}.test.ts`,
  ),
];

/** Those, those that compare ONNX Runtime with TensorFlow.js fit by fit, and what installs native TensorFlow. */
export const NATIVE_TESTS = [
  ...TRAINING_TESTS,
  ...["fine-tune", "losses/fits", "optimizers/fit"].map((name) => `test/engine/${name}.test.ts`),
  "test/cli/install-tensorflow.test.ts",
];

/** The environment in which they run on an installation of native TensorFlow. */
export function onTfjsNode(installation) {
  return { KSPEC_TFJS_NODE: installation, KSPEC_TEST_ENGINE: "tensorflow" };
}

/**
 * The installation to test with, made if need be.
 *
 * @throws Error with what the set-up said, where it cannot be had: without network, or not on Linux x64.
 */
export async function setUpTfjsNode() {
  const named = process.env.KSPEC_TFJS_NODE;
  if (named) return named;
  const folder = path.join(cacheFolder(), "tfjs-node");
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["scripts/setup-tfjs-node.mjs", folder], {
      cwd: root,
      stdio: ["ignore", "inherit", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (text) => {
      process.stderr.write(text);
      said += text;
    });
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve();
      else reject(new Error(said.trim().split("\n").at(-1) || `The set-up ended with ${status}.`));
    });
  });
  return folder;
}

if (process.argv[1] === import.meta.filename) {
  const installation = await setUpTfjsNode().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
  const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...NATIVE_TESTS], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...onTfjsNode(installation) },
  });
  process.exit(status ?? 1);
}
