/**
 * `npm start`: from a fresh clone to a fitted model. Installs, builds, fits the embedded example in
 * the terminal. Only Node's built-ins, because it runs before anything is installed.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { ensureBuilt, ensureInstalled } from "./bootstrap/install.mjs";

const root = path.dirname(import.meta.dirname);

ensureInstalled();
ensureBuilt();

const example = path.join("examples", "digits_transfer.kspec.ts");
console.log(`Fitting ${example}\n`);
const { status } = spawnSync(process.execPath, ["dist/cli.js", "fit", example, "--seed", "1"], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
