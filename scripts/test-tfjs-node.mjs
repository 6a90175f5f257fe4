/**
 * `npm run test:tfjs-node`: the engine's tests on native TensorFlow. Uses the installation that KSPEC_TFJS_NODE names;
 * without one, makes it (setup-tfjs-node.mjs) beside the real VS Code of the end-to-end tests, outside the tree.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { cacheFolder } from "../test/e2e/vscode/install.mjs";

const root = path.join(import.meta.dirname, "..");
const installation = process.env.KSPEC_TFJS_NODE ?? path.join(cacheFolder(), "tfjs-node");

const run = (args, env = {}) => {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
};

if (!process.env.KSPEC_TFJS_NODE) run(["scripts/setup-tfjs-node.mjs", installation]);
run(["node_modules/vitest/vitest.mjs", "run", "--project", "engine", "test/engine"], {
  KSPEC_TFJS_NODE: installation,
});
