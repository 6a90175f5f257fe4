/** Brings a clone to where its commands can run. Node's built-ins only: nothing is installed yet. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "../..");

/** `npm ci`, unless what is installed is as new as the lockfile. */
export function ensureInstalled() {
  const [major] = process.versions.node.split(".").map(Number);
  if ((major ?? 0) < 20) stop(`KSpec needs Node 20 or newer; this is Node ${process.versions.node}.`);
  // npm writes this file at the end of an install, so a half-done one does not count.
  const installed = path.join(root, "node_modules/.package-lock.json");
  if (existsSync(installed) && modified(installed) >= modified(path.join(root, "package-lock.json"))) return;
  console.log("Installing packages (npm ci) …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** `node esbuild.mjs`, unless every source is older than the last build. */
export function ensureBuilt() {
  const built = path.join(root, "dist/.built");
  // npm takes the plugin away whenever it installs something, because no manifest names it.
  const plugin = path.join(root, "node_modules/kspec-tsplugin/index.js");
  const sources = ["src", "webview", "media", "scripts", "esbuild.mjs", "package-lock.json"];
  if (
    existsSync(built) &&
    existsSync(plugin) &&
    Math.max(...sources.map((source) => newest(path.join(root, source)))) <= modified(built)
  )
    return;
  console.log("Building …");
  run(process.execPath, ["esbuild.mjs"]);
}

function run(command, args) {
  // npm is a .cmd file on Windows, which only a shell starts.
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) stop(`${[command, ...args].join(" ")} failed${error ? `: ${error.message}` : "."}`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}

const modified = (file) => statSync(file).mtimeMs;

function newest(file) {
  if (!existsSync(file)) return 0;
  if (!statSync(file).isDirectory()) return modified(file);
  return Math.max(0, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}
