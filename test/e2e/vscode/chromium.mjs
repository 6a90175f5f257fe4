// Finds a Chromium, or brings one: Debian's package where there are apt-get and root, else Playwright's own.
// Node's built-ins only: this runs before `npm ci`.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const WELL_KNOWN = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * The path of a Chromium that is on this machine, or null. `$CHROMIUM` names one; Playwright's own counts
 * once the packages are installed.
 */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const onPath = folders.flatMap((folder) => PROGRAMS.map((name) => join(folder, name)));
  return [...onPath, ...WELL_KNOWN, playwrights()].find((path) => path && existsSync(path)) ?? null;
}

/**
 * @param {(line: string) => void} [say]
 * @returns {string} the path of a Chromium; throws with the remedies where none can be had
 */
export function installChromium(say = () => {}) {
  const found = findChromium();
  if (found) return found;

  if (process.getuid?.() === 0 && works("apt-get", ["--version"])) {
    say("Installing Debian's Chromium (once)");
    // A second installation on this machine may hold the lock for a while.
    const apt = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
    works("apt-get", ["update", ...apt]);
    works("apt-get", ["install", "-y", ...apt, "--no-install-recommends", "chromium", "fonts-dejavu-core"]);
    const debians = findChromium();
    if (debians) return debians;
  }

  const cli = playwrightCore("cli.js");
  if (cli) {
    say("Installing Playwright's Chromium (once)");
    works(process.execPath, [cli, "install", "chromium"]);
    const own = findChromium();
    if (own) return own;
  }

  throw new Error(
    "The end-to-end tests need a Chromium, and none could be installed. Install one and run again: " +
      "`apt-get install chromium fonts-dejavu-core` as root, or `npx playwright-core install chromium`, " +
      "or set CHROMIUM to the path of Chromium or Chrome.",
  );
}

function works(program, args) {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(program, args, { stdio: "ignore", env: environment }).status === 0;
}

function playwrightCore(file) {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), file);
  } catch {
    return null; // before `npm ci`
  }
}

function playwrights() {
  const main = playwrightCore("index.js");
  if (!main) return null;
  try {
    const script = "process.stdout.write(require(process.argv[1]).chromium.executablePath())";
    return execFileSync(process.execPath, ["-e", script, main], { encoding: "utf8" });
  } catch {
    return null;
  }
}
