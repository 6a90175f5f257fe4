/**
 * `npm run package [-- --target linux-x64]`: writes `kspec-<target>-<version>.vsix` to the root.
 *
 * The package is made from a staging folder that holds what ships and nothing else, with the packages that
 * have native libraries as real dependencies, for one platform: vsce's --no-dependencies would drop `node_modules`, and with it the
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

/** VS Code's targets: what Node calls the platform, and what sharp does. */
const TARGETS = {
  "linux-x64": { node: "linux/x64", sharp: "linux-x64" },
  "linux-arm64": { node: "linux/arm64", sharp: "linux-arm64" },
  "linux-armhf": { node: "linux/arm", sharp: "linux-arm" },
  // ONNX Runtime is built for glibc alone.
  "alpine-x64": { node: null, sharp: "linuxmusl-x64" },
  "alpine-arm64": { node: null, sharp: "linuxmusl-arm64" },
  "darwin-x64": { node: "darwin/x64", sharp: "darwin-x64" },
  "darwin-arm64": { node: "darwin/arm64", sharp: "darwin-arm64" },
  "win32-x64": { node: "win32/x64", sharp: "win32-x64" },
  "win32-arm64": { node: "win32/arm64", sharp: "win32-arm64" },
};

/** Parts of packages that are read only when they are installed, compiled or type-checked. */
const LEFT_OUT = /(^|\/)(src|install|script|include|test|\.github)(\/|$)|\.([cm]?ts|map|mjs|h|cc|gyp|bnf)$/;

/** Dependencies that only a package's install script uses. */
const ONLY_TO_INSTALL = { "onnxruntime-node": ["adm-zip", "global-agent"] };

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
  if (!TARGETS[target])
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
    const dependencies = await stageDependencies(
      staging,
      TARGETS[target],
      Object.keys(manifest.dependencies),
    );
    await stageOwnFiles(staging);
    await writeFile(path.join(staging, "THIRD-PARTY-NOTICES"), thirdPartyNotices(staging, dependencies));
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
    "docs",
    "LICENSE",
    ".vscodeignore",
    "node_modules/kspec-tsplugin",
  ])
    await cp(path.join(root, name), path.join(staging, name), { recursive: true });
}

/**
 * Puts what is not bundled, and all that it needs on one platform, below `node_modules`. What is installed is copied;
 * another platform's packages are fetched, and checked against the lockfile.
 *
 * @returns {Promise<string[]>} the folders of the packages, relative to the staging folder
 */
async function stageDependencies(staging, target, names) {
  const { packages } = readJson("package-lock.json");
  const wanted = names.reduce((found, name) => dependenciesOf(`node_modules/${name}`, packages, found), []);
  // On Windows libvips is inside sharp's own package.
  const natives = [
    `node_modules/@img/sharp-${target.sharp}`,
    `node_modules/@img/sharp-libvips-${target.sharp}`,
  ];
  wanted.push(...natives.filter((folder) => packages[folder]));

  for (const folder of wanted) {
    const installed = path.join(root, folder);
    const fetched = existsSync(installed) ? null : await fetchLocked(folder, packages[folder]);
    const from = fetched ?? installed;
    const to = path.join(staging, folder);
    await cp(from, to, {
      recursive: true,
      filter: (file) => ships(folder, path.relative(from, file).replaceAll("\\", "/"), target),
    });
    await forgetInstallers(to);
    if (fetched) await rm(fetched, { recursive: true });
  }
  return wanted;
}

/** Whether a file (relative to its package) has a use on the target. */
function ships(folder, file, target) {
  if (LEFT_OUT.test(file)) return false;
  if (folder !== "node_modules/onnxruntime-node") return true;
  // The binding asks for the library by its short name; the long one is the same file once more.
  if (/libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(file)) return false;
  const [, platform] = /^bin\/napi-v\d+\/([^/]+\/[^/]+)/.exec(file) ?? [];
  return platform === undefined || platform === target.node;
}

async function forgetInstallers(folder) {
  const file = path.join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const unused = ONLY_TO_INSTALL[manifest.name];
  if (!unused) return;
  for (const name of unused) delete manifest.dependencies[name];
  delete manifest.scripts;
  await writeFile(file, JSON.stringify(manifest, null, 2));
}

/** A package's folder in the lockfile and those of all it depends on, found as Node finds them. */
function dependenciesOf(folder, packages, found = []) {
  if (found.includes(folder)) return found;
  found.push(folder);
  const unused = ONLY_TO_INSTALL[folder.slice("node_modules/".length)] ?? [];
  for (const name of Object.keys(packages[folder].dependencies ?? {})) {
    if (unused.includes(name)) continue;
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

/** Runs vsce. It tells a great deal; only where it fails is that worth reading. */
export async function vsce(args, cwd) {
  const program = path.join(root, "node_modules/@vscode/vsce/vsce");
  await promisify(execFile)(process.execPath, [program, ...args], { cwd }).catch(({ stdout, stderr }) => {
    throw new Error(`vsce ${args[0]} failed:\n${stdout}${stderr}`);
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
