/**
 * `npm run parity`: rebuilds the fixtures of test/fixtures/parity with Keras from PyPI, in a venv of its own, and compares every
 * application at every size with what KSpec computes. It takes about half an hour of two processors.
 *
 *   npm run parity                  everything, compared with fresh numbers of Keras's; the fixtures stay as they are
 *   npm run parity -- --write       and writes the fixtures anew
 *   npm run parity -- resnet50 …    these applications only
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "../..");
const venv = path.join(root, ".tmp/parity/venv");
const fresh = path.join(root, ".tmp/parity/applications");
const models = path.join(root, ".tmp/parity/models");
const fixtures = path.join(root, "test/fixtures/parity");
const python = path.join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const PACKAGES = ["keras==3.15.1", "tensorflow-cpu", "tf_keras", "pillow"];

const write = process.argv.includes("--write");
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));

if (!existsSync(python)) {
  console.log("… a venv with Keras");
  mkdirSync(path.dirname(venv), { recursive: true });
  run("python3", ["-m", "venv", venv]);
  run(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...PACKAGES]);
}
rmSync(fresh, { recursive: true, force: true });
console.log("… what Keras computes");
run(python, [path.join(import.meta.dirname, "applications.py"), fresh, ...names]);
if (write && names.length === 0) {
  rmSync(models, { recursive: true, force: true });
  run(python, [path.join(import.meta.dirname, "models.py"), models]);
  cpSync(models, path.join(fixtures, "models"), { recursive: true });
  const assets = path.resolve(root, process.env.KSPEC_TEST_ASSETS ?? "../shared/assets");
  const features = path.join(fixtures, "mobilenet-features.json");
  if (existsSync(assets))
    run(python, [path.join(import.meta.dirname, "mobilenet_features.py"), assets, features]);
  else console.log(`The real weights are not there (${assets}): ${path.basename(features)} stays.`);
}
// Applications that were not asked for are compared with the numbers that are kept.
const kept = path.join(fixtures, "applications");
for (const file of readdirSync(kept))
  if (!existsSync(path.join(fresh, file))) cpSync(path.join(kept, file), path.join(fresh, file));
if (write) cpSync(fresh, kept, { recursive: true });

console.log("… what KSpec computes");
const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
run(
  process.execPath,
  [vitest, "run", "--project", "engine", "test/model/applications/parity.test.ts"].concat(
    names.length === 0 ? [] : ["-t", `(${names.join("|")}) `],
  ),
  { KSPEC_PARITY: fresh },
);

function run(command, args, env = {}) {
  try {
    execFileSync(command, args, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...env },
    });
  } catch (error) {
    if (error.code === "ENOENT") console.error(`${command} is needed and is not installed.`);
    process.exit(1);
  }
}
