/**
 * `npm run package [-- --target linux-x64]`: writes `kspec-<target>-<version>.vsix` to the root.
 *
 * The package is made from a staging folder that holds what ships and nothing else, with `sharp` and its native
 * library for one platform as real dependencies: vsce's --no-dependencies would drop `node_modules`, and with it the
 * TypeScript server plugin.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { fetchPackage } from "./bootstrap/npm-package.mjs";
import { thirdPartyNotices } from "./notices.mjs";

const root = path.join(import.meta.dirname, "..");

/** VS Code's targets, and what sharp calls the same platform. */
const TARGETS = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-armhf": "linux-arm",
  "alpine-x64": "linuxmusl-x64",
  "alpine-arm64": "linuxmusl-arm64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
  "win32-x64": "win32-x64",
  "win32-arm64": "win32-arm64",
};

/** Parts of packages that are read only when they are compiled or type-checked. */
const LEFT_OUT = /(^|\/)(src|install|include|test|\.github)(\/|$)|\.(d\.[cm]?ts|map|mjs|h|cc|gyp|bnf)$/;

/**
 * @param {object} [options]
 * @param {string} [options.target] VS Code's name of a platform; default this one
 * @param {string} [options.folder] where it is written; default the root
 * @param {boolean} [options.build] false takes `dist` as it is; default true
 * @param {(line: string) => void} [options.say]
 * @returns {Promise<{ file: string, bytes: number }>} the package that was written
 */
export async function packageExtension({
  target = thisTarget(),
  folder = root,
  build = true,
  say = () => {},
} = {}) {
  const sharpTarget = TARGETS[target];
  if (!sharpTarget)
    throw new Error(`There is no target ${target}. Targets: ${Object.keys(TARGETS).join(", ")}.`);

  if (build) {
    say("Building for production");
    execFileSync(process.execPath, ["esbuild.mjs", "--production"], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  const manifest = readJson("package.json");
  const staging = await mkdtemp(path.join(tmpdir(), "kspec-package-"));
  try {
    say(`Packaging for ${target}`);
    const natives = await stageSharp(staging, sharpTarget);
    await stageOwnFiles(staging);
    await writeFile(path.join(staging, "THIRD-PARTY-NOTICES"), thirdPartyNotices(staging, natives));
    await writeFile(path.join(staging, "package.json"), JSON.stringify(shipped(manifest), null, 2));

    const file = path.join(folder, `${manifest.name}-${target}-${manifest.version}.vsix`);
    await rm(file, { force: true });
    await vsce(
      [
        "package",
        "--target",
        target,
        "--out",
        file,
        "--allow-missing-repository",
        "--no-rewrite-relative-links",
      ],
      staging,
    );
    return { file, bytes: (await stat(file)).size };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** What VS Code reads of the manifest; what only a developer needs stays at home. */
function shipped(manifest) {
  const plugin = readJson("node_modules/kspec-tsplugin/package.json");
  return {
    ...Object.fromEntries(
      Object.entries(manifest).filter(([key]) => !["devDependencies", "scripts", "private"].includes(key)),
    ),
    dependencies: { ...manifest.dependencies, [plugin.name]: plugin.version },
  };
}

async function stageOwnFiles(staging) {
  for (const name of [
    "dist",
    "media",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    ".vscodeignore",
    "node_modules/kspec-tsplugin",
  ])
    await cp(path.join(root, name), path.join(staging, name), { recursive: true });
}

/**
 * Puts sharp and all it needs on one platform below `node_modules`. This platform's packages are those that are
 * installed; another's are fetched, and checked against the lockfile.
 *
 * @returns {Promise<string[]>} the folders of the packages, relative to the staging folder
 */
async function stageSharp(staging, sharpTarget) {
  const { packages } = readJson("package-lock.json");
  const wanted = dependenciesOf("node_modules/sharp", packages);
  const natives = [
    `node_modules/@img/sharp-${sharpTarget}`,
    `node_modules/@img/sharp-libvips-${sharpTarget}`,
  ];
  // On Windows libvips is inside sharp's own package.
  wanted.push(...natives.filter((folder) => packages[folder]));

  for (const folder of wanted) {
    const installed = path.join(root, folder);
    const fetched = existsSync(installed) ? null : await fetchLocked(folder, packages[folder]);
    const from = fetched ?? installed;
    await cp(from, path.join(staging, folder), {
      recursive: true,
      filter: (file) => !LEFT_OUT.test(path.relative(from, file).replaceAll("\\", "/")),
    });
    if (fetched) await rm(fetched, { recursive: true });
  }
  return wanted;
}

/** A package's folder in the lockfile and those of all it depends on, found as Node finds them. */
function dependenciesOf(folder, packages, found = []) {
  if (found.includes(folder)) return found;
  found.push(folder);
  for (const name of Object.keys(packages[folder].dependencies ?? {})) {
    const inside = `${folder}/node_modules/${name}`;
    dependenciesOf(packages[inside] ? inside : `node_modules/${name}`, packages, found);
  }
  return found;
}

async function fetchLocked(folder, { version, integrity }) {
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  const to = await mkdtemp(path.join(tmpdir(), "kspec-fetched-"));
  await fetchPackage({ name: `${name}@${version}`, integrity }, to);
  return to;
}

/** vsce tells a great deal; only where it fails is that worth reading. */
async function vsce(args, cwd) {
  const program = path.join(root, "node_modules/@vscode/vsce/vsce");
  await promisify(execFile)(process.execPath, [program, ...args], { cwd }).catch(({ stdout, stderr }) => {
    throw new Error(`vsce could not package KSpec:\n${stdout}${stderr}`);
  });
}

function thisTarget() {
  const os = process.platform === "linux" && isMusl() ? "alpine" : process.platform;
  return `${os}-${process.arch === "arm" ? "armhf" : process.arch}`;
}

function isMusl() {
  // Node says which C library it runs on only where that is glibc.
  return !process.report.getReport().header.glibcVersionRuntime;
}

function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), "utf8"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({ options: { target: { type: "string" }, "no-build": { type: "boolean" } } });
  try {
    const { file, bytes } = await packageExtension({
      ...(values.target ? { target: values.target } : {}),
      build: !values["no-build"],
      say: console.log,
    });
    console.log(`${path.relative(process.cwd(), file)}  ${(bytes / 1e6).toFixed(1)} MB`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
