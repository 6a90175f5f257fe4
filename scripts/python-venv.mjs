import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");

/** TensorFlow without what only graphics cards need, where there is such a build. */
export const TENSORFLOW =
  process.platform === "linux" && process.arch === "x64" ? "tensorflow-cpu==2.21.*" : "tensorflow==2.21.*";

/**
 * Python with packages from PyPI, in a venv of its own under `.tmp`, which the next call finds again unless it wants others.
 *
 * @param {string} name the venv's folder
 * @param {string[]} packages as pip takes them
 * @param {{ alone?: string[] }} [options] `alone`: packages whose requirements are not installed with them
 * @returns {string} path of its python
 */
export function pythonVenv(name, packages, { alone = [] } = {}) {
  const folder = path.join(root, ".tmp", name, "venv");
  const python = path.join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const stamp = path.join(folder, "kspec-packages.json");
  const wanted = JSON.stringify({ packages, alone });
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;

  console.error(`… a venv with ${[...packages, ...alone].join(", ")}`);
  mkdirSync(path.dirname(folder), { recursive: true });
  if (!existsSync(python)) {
    // What an interrupted call left has no use.
    rmSync(folder, { recursive: true, force: true });
    run(process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder]);
  }
  const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"];
  run(python, [...pip, ...packages]);
  if (alone.length > 0) run(python, [...pip, "--no-deps", ...alone]);
  writeFileSync(stamp, wanted);
  return python;
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (error?.code === "ENOENT") throw new Error(`${command} is needed and is not installed.`);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status ?? error}.`);
}
