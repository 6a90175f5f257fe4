import { execFile } from "node:child_process";
import { unzipSync } from "fflate";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBuilt } from "../../scripts/bootstrap/install.mjs";
import { packageExtension } from "../../scripts/package.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "kspec-vsix-"));
let bytes = 0;
let names: string[] = [];

beforeAll(async () => {
  ensureBuilt();
  const made = await packageExtension({ build: false, folder });
  bytes = made.bytes;
  const files = unzipSync(readFileSync(made.file));
  names = Object.keys(files).filter((name) => !name.endsWith("/"));
  for (const name of names) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, files[name] as Uint8Array);
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the package is at most 35 MB", () => {
  expect(bytes).toBeLessThanOrEqual(35e6);
});

test("it holds what runs, and nothing of how it was made", () => {
  const own = names.filter((name) => !name.includes("/node_modules/"));
  expect(own).toEqual(
    expect.arrayContaining([
      "extension/package.json",
      "extension/dist/extension.js",
      "extension/dist/language.js",
      "extension/dist/worker.js",
      "extension/dist/cli.js",
      "extension/dist/webview.js",
      "extension/dist/webview.css",
      "extension/dist/kspec.d.ts",
      "extension/dist/results.d.ts",
      "extension/dist/results.js",
      "extension/dist/wasm/tfjs-backend-wasm-simd.wasm",
      "extension/media/icon.png",
      "extension/THIRD-PARTY-NOTICES",
    ]),
  );
  expect(names).toContain("extension/node_modules/kspec-tsplugin/index.js");
  expect(names.filter((name) => /\.map$|\/(src|test|scripts|meta)\//.test(name))).toEqual([]);
});

test("of other people's packages it holds those with native libraries, and what they need", () => {
  const packages = new Set(
    names
      .map((name) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1])
      .filter((name) => name !== undefined),
  );
  expect([...packages].filter((name) => !name.startsWith("@img/sharp-")).sort()).toEqual([
    "@img/colour",
    "detect-libc",
    "kspec-tsplugin",
    "onnxruntime-common",
    "onnxruntime-node",
    "semver",
    "sharp",
  ]);
  const notices = readFileSync(path.join(folder, "extension/THIRD-PARTY-NOTICES"), "utf8");
  for (const name of ["sharp", "preact", "typescript", "@tensorflow/tfjs-core", "libvips"])
    expect(notices).toContain(name);
});

test("its native libraries are this platform's alone", () => {
  const here = `${process.platform}/${process.arch}/`;
  const libraries = names.filter((name) => /\.(node|so|dll|dylib)(\.|$)/.test(name));
  expect(libraries.length).toBeGreaterThan(0);
  expect(libraries.filter((name) => name.includes("onnxruntime") && !name.includes(here))).toEqual([]);
});

test("unpacked anywhere, its command line works and its native libraries load", async () => {
  const extension = path.join(folder, "extension");
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["dist/cli.js", "--help"], { cwd: extension });
  expect(stdout).toContain("fit");
  const script = `require("sharp")("media/icon.png").metadata().then(({ format }) => console.log(format));`;
  expect((await run(process.execPath, ["-e", script], { cwd: extension })).stdout.trim()).toBe("png");
  const onnx = `console.log(typeof require("onnxruntime-node").InferenceSession.create);`;
  expect((await run(process.execPath, ["-e", onnx], { cwd: extension })).stdout.trim()).toBe("function");
});
