import { execFile, fork, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { Script } from "node:vm";
import { beforeAll, expect, test } from "vitest";
import { ensureBuilt } from "../../scripts/bootstrap/install.mjs";

const root = path.join(import.meta.dirname, "../..");
const dist = (file: string) => path.join(root, "dist", file);
const run = promisify(execFile);

beforeAll(() => ensureBuilt(), 300_000);

/** Runs a program with one bundle and says which files of `dist` were loaded by the end. */
async function loadedBy(args: string[], prepare = ""): Promise<{ stdout: string; loaded: string[] }> {
  const probe = `
    import Module from "node:module";
    import path from "node:path";
    ${prepare}
    process.on("exit", () => {
      const names = Object.keys(Module._cache).map((file) => path.basename(file));
      process.stderr.write("\\nLOADED " + JSON.stringify(names));
    });`;
  const { stdout, stderr } = await run(process.execPath, [
    "--import",
    `data:text/javascript,${encodeURIComponent(probe)}`,
    ...args,
  ]);
  return { stdout, loaded: JSON.parse(stderr.split("LOADED ").at(-1) ?? "[]") as string[] };
}

test("extension: loads where `vscode` is, and brings neither TypeScript nor the engine with it", async () => {
  // Any name of the API is there and is a class, a function, and a namespace.
  const fake = `
    const anything = () => new Proxy(function () {}, {
      get: (_, key) => (key === "prototype" ? {} : typeof key === "symbol" ? undefined : anything()),
      apply: () => anything(),
      construct: () => ({}),
    });
    const load = Module._load;
    Module._load = (name, ...rest) => (name === "vscode" ? anything() : load(name, ...rest));`;
  const script = `const { activate, deactivate } = require(${JSON.stringify(dist("extension.js"))});
    console.log(typeof activate, typeof deactivate);`;
  const { stdout, loaded } = await loadedBy(["-e", script], fake);
  expect(stdout.trim()).toBe("function function");
  for (const heavy of ["typescript.js", "tfjs.js", "engine.js", "sharp.cjs"])
    expect(loaded).not.toContain(heavy);
});

test("language: answers `initialize` over stdio", async () => {
  const server = spawn(process.execPath, [dist("language.js"), "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const answer = new Promise<string>((resolve) => {
      let said = "";
      server.stdout.on("data", (part: Buffer) => {
        said += part.toString();
        if (said.includes('"capabilities"') && said.trimEnd().endsWith("}")) resolve(said);
      });
    });
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    expect(await answer).toContain('"codeLensProvider"');
  } finally {
    server.kill();
  }
});

test("worker: says that it is ready, and ends when its host goes away before it has work", async () => {
  const worker = fork(dist("worker.js"), [], { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  try {
    const ready = await new Promise<{ type: string; pid: number; version: string }>((resolve) =>
      worker.once("message", (message) => resolve(message as never)),
    );
    expect(ready).toMatchObject({ type: "ready", pid: worker.pid, version: manifest().version });
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    worker.disconnect();
    await ended;
  } finally {
    worker.kill("SIGKILL");
  }
});

test("cli: --help comes without TensorFlow.js", async () => {
  const { stdout, loaded } = await loadedBy([dist("cli.js"), "--help"]);
  for (const command of ["check", "fit", "predict", "evaluate", "runs", "init"])
    expect(stdout).toContain(command);
  expect(loaded).not.toContain("tfjs.js");
  const { stdout: version } = await run(process.execPath, [dist("cli.js"), "--version"]);
  expect(version.trim()).toBe(manifest().version);
});

test("TypeScript plugin: a factory that makes a plugin of the TypeScript it is given", async () => {
  const plugin = path.join(root, "node_modules/kspec-tsplugin");
  const script = `const init = require(${JSON.stringify(plugin)});
    const plugin = init({ typescript: require("typescript/lib/tsserverlibrary") });
    console.log(typeof plugin.create);`;
  const { stdout } = await run(process.execPath, ["-e", script], { cwd: root });
  expect(stdout.trim()).toBe("function");
});

test("kspec.d.ts stands on its own", () => {
  const text = readFileSync(dist("kspec.d.ts"), "utf8");
  expect(text).toContain("inp_spec");
  expect(text).not.toMatch(/from\s+["']|import\(/);
});

test("webview: one script that parses, and its style", () => {
  const text = readFileSync(dist("webview.js"), "utf8");
  expect(() => new Script(text)).not.toThrow();
  expect(existsSync(dist("webview.css"))).toBe(true);
});

function manifest(): { version: string } {
  return JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
}
