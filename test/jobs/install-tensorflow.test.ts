import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findTfjsNode } from "../../src/engine/tensorflow/tfjs-node.ts";
import { installTensorFlow, removeTensorFlow, tensorFlowStatus } from "../../src/jobs/index.ts";
import { findNpm } from "../../src/jobs/install-tensorflow/npm.ts";
import { explainFailure } from "../../src/jobs/install-tensorflow/npm-failure.ts";
import { unsupported } from "../../src/jobs/install-tensorflow/platforms.ts";

// The user's npm is a program here that does what each test says. test/cli/install-tensorflow.test.ts has the real one.
let folder: string;
let installs: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-install-"));
  installs = path.join(folder, "storage", "tensorflow");
  vi.stubEnv("KSPEC_DATA", path.join(folder, "data"));
  vi.stubEnv("KSPEC_TFJS_NODE", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Puts an npm on the PATH, before everything else. */
async function npmThat(does: string): Promise<void> {
  const bin = path.join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const helpers = `const fs = require("node:fs"), path = require("node:path");
    const home = path.resolve("node_modules/@tensorflow/tfjs-node");
    const installs = (text) => {
      fs.mkdirSync(path.join(home, "lib"), { recursive: true });
      fs.writeFileSync(path.join(home, "package.json"), JSON.stringify({ main: "index.js" }));
      fs.writeFileSync(path.join(home, "index.js"), text);
    };`;
  await writeFile(path.join(bin, "npm"), `#!${process.execPath}\n${helpers}\n${does}\n`);
  await chmod(path.join(bin, "npm"), 0o755);
  vi.stubEnv("PATH", `${bin}${path.delimiter}${process.env["PATH"]}`);
}

/** What stands in for TensorFlow.js here: numbers that it would give. */
const COMPUTES = `const giving = (value) => ({ sum: () => giving(value), dataSync: () => [value] });
  module.exports = {
    ones: () => giving(1), matMul: () => giving(262144), conv2d: () => giving(0), grad: () => () => giving(64),
    getBackend: () => "tensorflow", backend: () => ({ binding: { TF_Version: "2.9.1" } }), version: { "tfjs-node": "4.22.0" },
  };`;

class Heard {
  readonly stages: string[] = [];
  readonly lines: string[] = [];
  stage(stage: string): void {
    this.stages.push(stage);
  }
  progress(): void {}
  log(line: string): void {
    this.lines.push(line);
  }
}

function install(signal?: AbortSignal, heard = new Heard()) {
  return installTensorFlow(heard, { folder: installs, ...(signal === undefined ? {} : { signal }) });
}

/** Folders of installs, finished or not. */
function left(): string[] {
  return existsSync(installs) ? readdirSync(installs).filter((name) => name !== ".gitignore") : [];
}

describe("an install", () => {
  it("is found by fits when it was seen to compute, and can be removed", async () => {
    await npmThat(`installs(${JSON.stringify(COMPUTES)}); console.log("added 100 packages");`);
    const heard = new Heard();
    const installed = await install(undefined, heard);
    expect(installed).toMatchObject({ already: false, version: "4.22.0", library: "2.9.1" });
    expect(heard.stages).toEqual(["packages", "trial"]);
    expect(heard.lines).toEqual(["added 100 packages"]);
    expect(path.dirname(installed.folder)).toBe(installs);
    expect(findTfjsNode({ specFolder: folder })).toEqual({
      folder: path.join(installed.folder, "node_modules/@tensorflow/tfjs-node"),
      where: `where KSpec installed it (${installed.folder})`,
    });
    expect(tensorFlowStatus(installs)).toMatchObject({ installed: { library: "2.9.1" }, obstacle: null });

    expect(await install()).toMatchObject({ already: true, folder: installed.folder });
    expect(await removeTensorFlow(installs)).toEqual({ freed: installed.bytes, folder: installed.folder });
    expect(left()).toEqual([]);
    expect(findTfjsNode({ specFolder: folder })).toBeUndefined();
    expect(await removeTensorFlow(installs)).toEqual({ freed: 0, folder: null });
  });

  it("comes after the setting and the spec's own project", async () => {
    await npmThat(`installs(${JSON.stringify(COMPUTES)});`);
    await install();
    const own = path.join(folder, "node_modules/@tensorflow/tfjs-node");
    await mkdir(path.join(own, "lib"), { recursive: true });
    await writeFile(path.join(own, "package.json"), "{}");
    expect(findTfjsNode({ specFolder: folder })?.folder).toBe(own);
  });

  it("that does not compute is none, and leaves nothing", async () => {
    await npmThat(`installs(${JSON.stringify(COMPUTES.replace("262144", "0"))});`);
    await expect(install()).rejects.toThrow(
      "does not compute on this computer: it computes wrongly: 0 and 64 instead of 262144 and 64",
    );
    await npmThat(`installs("throw new Error('libtensorflow.so.2: wrong ELF class')");`);
    await expect(install()).rejects.toThrow(
      "this computer: libtensorflow.so.2: wrong ELF class. It was removed",
    );
    await npmThat(`installs("process.kill(process.pid, 'SIGILL')");`);
    await expect(install()).rejects.toThrow("this computer: its process ended with SIGILL.");
    expect(left()).toEqual([]);
    expect(findTfjsNode({ specFolder: folder })).toBeUndefined();
  });

  it("that npm could not do says why, and leaves nothing", async () => {
    await npmThat(`console.log("* Downloading libtensorflow");
      console.log("https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz");
      console.error("Error: getaddrinfo ENOTFOUND storage.googleapis.com"); process.exit(1);`);
    const heard = new Heard();
    await expect(install(undefined, heard)).rejects.toThrow(
      /TensorFlow's library could not be downloaded from https:\S+: storage.googleapis.com was not found\. .*TFJS_NODE_CDN_STORAGE.* Nothing was installed\.$/,
    );
    expect(heard.stages).toEqual(["packages", "library"]);
    expect(left()).toEqual([]);
  });

  it("whose scripts npm ignored says so", async () => {
    await npmThat("");
    await expect(install()).rejects.toThrow("set npm_config_ignore_scripts=false");
  });

  it("that is stopped ends npm and all that it started, and leaves nothing", async () => {
    // The second process holds npm's output open: the install could not come to its end while one of the two lives.
    await npmThat(`const wait = "setInterval(() => 0, 1000)";
      require("node:child_process").spawn(process.execPath, ["-e", wait], { stdio: "inherit" });
      fs.writeFileSync("half", "x"); console.log("* Downloading libtensorflow"); eval(wait);`);
    const stop = new AbortController();
    const heard = new Heard();
    heard.log = () => stop.abort();
    await expect(install(stop.signal, heard)).rejects.toThrow("aborted");
    expect(left()).toEqual([]);
  });

  it("waits for no other, and cleans up after one that was killed", async () => {
    const killed = path.join(installs, "4.22.0-0123abcd");
    await mkdir(killed, { recursive: true });
    await writeFile(path.join(killed, "installing"), "");
    await npmThat(`installs(${JSON.stringify(COMPUTES)});`);
    await expect(install()).rejects.toThrow("is being installed by another process");
    expect(left()).toEqual(["4.22.0-0123abcd"]);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path.join(killed, "installing"), longAgo, longAgo);
    const { folder: own } = await install();
    expect(left()).toEqual([path.basename(own)]);
  });

  it("that was spoilt is done anew", async () => {
    await npmThat(`installs(${JSON.stringify(COMPUTES)});`);
    const first = await install();
    await writeFile(path.join(first.folder, "node_modules/@tensorflow/tfjs-node/index.js"), "half a fi");
    const second = await install();
    expect(second.already).toBe(false);
    expect(left()).toEqual([path.basename(second.folder)]);
  });
});

it("nothing but what KSpec installed is removed, whatever the note says", async () => {
  const photos = path.join(folder, "photos");
  await mkdir(photos);
  await writeFile(path.join(photos, "package.json"), '{"name":"mine"}');
  await mkdir(path.join(folder, "data"));
  await writeFile(
    path.join(folder, "data/tensorflow.json"),
    JSON.stringify({ folder: photos, version: "4.22.0" }),
  );
  expect(await removeTensorFlow(installs)).toEqual({ freed: 0, folder: null });
  expect(existsSync(photos)).toBe(true);
});

it("a folder that cannot be written is named", async () => {
  await npmThat("");
  await writeFile(path.join(folder, "file"), "");
  await expect(installTensorFlow(new Heard(), { folder: path.join(folder, "file", "x") })).rejects.toThrow(
    /file\/x cannot be written \(ENOTDIR\).*set KSPEC_DATA/,
  );
});

it("without npm on the PATH it says where npm comes from", async () => {
  vi.stubEnv("PATH", folder);
  expect(findNpm()).toBeUndefined();
  expect(tensorFlowStatus(installs).obstacle).toContain("npm was not found on the PATH. It comes with Node");
  await expect(install()).rejects.toThrow("npm was not found on the PATH");
  expect(left()).toEqual([]);
});

it("platforms that have no native TensorFlow are named", () => {
  expect(unsupported("freebsd", "x64", true)).toContain("There is no native TensorFlow for freebsd-x64");
  expect(unsupported("win32", "arm64", true)).toContain("win32-arm64");
  expect(unsupported("linux", "x64", false)).toContain("C library is not glibc");
  expect(unsupported("linux", "x64", true)).toBeUndefined();
  expect(unsupported("darwin", "arm64", true)).toBeUndefined();
});

// As npm 11 and the install script of @tensorflow/tfjs-node 4.22 say it.
describe("why npm failed", () => {
  const library = (...more: string[]) =>
    explainFailure({
      succeeded: false,
      stage: "library",
      lines: [
        "CPU-linux-4.22.0.tar.gz",
        "* Downloading libtensorflow",
        "https://mirror.example/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz",
        ...more,
        "npm error code 1",
        "npm error command sh -c node scripts/install.js",
      ],
    });

  it("the library's storage refuses", () => {
    expect(library("Error: TAR_BAD_ARCHIVE: Unrecognized archive format")).toContain(
      "from https://mirror.example/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz: what came from there is no archive",
    );
  });
  it("it cannot be reached", () => {
    expect(library("Error: connect ECONNREFUSED 127.0.0.1:9")).toContain(
      "the connection failed (ECONNREFUSED).",
    );
    expect(library("Error: unable to get local issuer certificate")).toContain(
      "its certificate is not trusted.",
    );
  });
  it("something else, in the script's own words", () => {
    expect(library("Error: Unsupported system: cpu-freebsd-x86_64")).toContain(
      ": Unsupported system: cpu-freebsd-x86_64.",
    );
  });
  it("no compiled part, and no compiler", () => {
    const lines = [
      "node-pre-gyp install failed with error: Error: Command failed: node-pre-gyp install --fallback-to-build",
      "node-pre-gyp ERR! install response status 404 Not Found on https://storage.example/napi-v8/4.22.0/CPU-windows-4.22.0.zip",
      "node-pre-gyp WARN Pre-built binaries not installable for @tensorflow/tfjs-node@4.22.0 (falling back to source compile with node-gyp)",
      "gyp ERR! find VS",
    ];
    expect(explainFailure({ succeeded: false, stage: "addon", lines })).toContain(
      "was not to be had: https://storage.example/napi-v8/4.22.0/CPU-windows-4.22.0.zip answers with 404, and compiling it failed, for which Python and a C++ compiler must be installed.",
    );
  });
  it("the registry", () => {
    const failed = (...lines: string[]) => explainFailure({ succeeded: false, stage: "packages", lines });
    expect(
      failed(
        "npm error code ENOTFOUND",
        "npm error syscall getaddrinfo",
        "npm error network request to https://registry.example/@tensorflow%2ftfjs-node failed, reason: getaddrinfo ENOTFOUND registry.example",
      ),
    ).toBe(
      'npm could not fetch @tensorflow/tfjs-node: registry.example was not found. See to it that "npm ping" works in a terminal: registry, proxy and certificates are npm\'s own settings. Nothing was installed.',
    );
    expect(
      failed("npm error code E404", "npm error 404 Not Found - GET https://registry.example/x"),
    ).toContain("npm could not fetch @tensorflow/tfjs-node: 404 Not Found");
    expect(failed("npm error code EBADENGINE", "npm error engine Unsupported engine")).toContain(
      "npm install @tensorflow/tfjs-node failed: engine Unsupported engine. The log tells more.",
    );
  });
  it("the disk", () => {
    const lines = ["npm error code ENOSPC", "npm error nospc No space left on device"];
    expect(explainFailure({ succeeded: false, stage: "library", lines })).toBe(
      "The disk is full. Make room, and try again. Nothing was installed.",
    );
  });
  it("npm itself", () => {
    const error = Object.assign(new Error("spawn npm EACCES"), { code: "EACCES" });
    expect(explainFailure({ succeeded: false, stage: "packages", lines: [], error })).toContain(
      "npm could not be started (EACCES).",
    );
  });
});
