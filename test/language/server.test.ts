import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from "vscode-languageserver/node";

const root = fileURLToPath(new URL("../..", import.meta.url));
const URI = "file:///home/somebody/network.kspec.ts";
const TEXT = `import { create_keras_functional_spec, inp_spec, layers, workflow, type Block, type InputBlock } from "kspec";
const network = create_keras_functional_spec({
  model_name: "network",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 1 }).apply(tensor), "inptu"),
  },
});
export const quick = workflow({ model: network() });
export default workflow({ model: network({ fit_epochs: 5 }) });
`;

let folder: string;
let script: string;
beforeAll(async () => {
  // Beside the project's packages, where the bundle finds TypeScript.
  const cache = path.join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(path.join(cache, "kspec-language-"));
  script = path.join(folder, "language.cjs");
  await build({
    entryPoints: [path.join(root, "src/language/server.ts")],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["typescript"],
  });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly { code: string; message: string; severity: number }[];
}

/** An editor: what it opens is published to it. */
async function editor(connection: MessageConnection) {
  const published: Published[] = [];
  const waiting: (() => void)[] = [];
  connection.onNotification("textDocument/publishDiagnostics", (one: Published) => {
    published.push(one);
    for (const resolve of waiting.splice(0)) resolve();
  });
  connection.listen();
  await connection.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} });
  await connection.sendNotification("initialized", {});
  return {
    published,
    next: () => new Promise<void>((resolve) => waiting.push(resolve)),
    open: (text: string, uri = URI) =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "typescript", version: 1, text },
      }),
    change: (text: string, version: number) =>
      connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: URI, version },
        contentChanges: [{ text }],
      }),
  };
}

async function onThread<T>(use: (connection: MessageConnection, thread: Worker) => Promise<T>): Promise<T> {
  const thread = new Worker(script, { stdout: true, stderr: true });
  const connection = createMessageConnection(new PortMessageReader(thread), new PortMessageWriter(thread));
  try {
    return await use(connection, thread);
  } finally {
    connection.dispose();
    await thread.terminate();
  }
}

describe("the language server on a worker thread", () => {
  it(
    "publishes what is wrong, and takes it back when it is mended",
    () =>
      onThread(async (connection) => {
        const { open, change, next, published } = await editor(connection);
        const first = next();
        await open(TEXT);
        await first;
        expect(published.at(-1)).toMatchObject({
          uri: URI,
          version: 1,
          diagnostics: [{ code: "unknown-upstream", severity: 1, source: "kspec" }],
        });
        const second = next();
        await change(TEXT.replace('"inptu"', '"input"'), 2);
        await second;
        expect(published.at(-1)).toMatchObject({ version: 2, diagnostics: [] });
      }),
    30_000,
  );

  it(
    "waits for a pause in the typing",
    () =>
      onThread(async (connection) => {
        const { open, change, next, published } = await editor(connection);
        const first = next();
        await open(TEXT);
        await first;
        const pause = next();
        for (let version = 2; version <= 6; version++)
          await change(TEXT.replace('"inptu"', `"inpt${version}"`), version);
        await pause;
        expect(published.map(({ version }) => version)).toEqual([1, 6]);
      }),
    30_000,
  );

  it(
    "offers quick fixes where the cursor is, and of what kind is asked for",
    () =>
      onThread(async (connection) => {
        const { open } = await editor(connection);
        await open(TEXT);
        const line = 5;
        const start = TEXT.split("\n")[line]!.indexOf('"inptu"');
        const at = (character: number) => ({ start: { line, character }, end: { line, character } });
        const fixesAt = (range: ReturnType<typeof at>, only?: string[]) =>
          connection.sendRequest("textDocument/codeAction", {
            textDocument: { uri: URI },
            range,
            context: { diagnostics: [], ...(only && { only }) },
          });
        const range = { start: { line, character: start }, end: { line, character: start + 7 } };
        expect(await fixesAt(at(start + 2))).toMatchObject([
          {
            title: 'Change to "input"',
            kind: "quickfix",
            isPreferred: true,
            diagnostics: [{ code: "unknown-upstream", range }],
            edit: { changes: { [URI]: [{ range, newText: '"input"' }] } },
          },
        ]);
        expect(await fixesAt(at(start + 2), ["quickfix"])).toHaveLength(1);
        expect(await fixesAt(at(start + 2), ["refactor"])).toEqual([]);
        expect(await fixesAt(at(start - 3))).toEqual([]);
      }),
    30_000,
  );

  it(
    "puts Fit model above every exported workflow",
    () =>
      onThread(async (connection) => {
        const { open } = await editor(connection);
        await open(TEXT);
        const lenses = await connection.sendRequest("textDocument/codeLens", { textDocument: { uri: URI } });
        expect(lenses).toEqual(
          [
            [8, "quick"],
            [9, "default"],
          ].map(([line, name]) => ({
            range: { start: { line, character: 0 }, end: { line, character: 0 } },
            command: { title: "Fit model", command: "kspec.fit", arguments: [URI, name] },
          })),
        );
        const runnables = await connection.sendRequest("kspec/runnables", { uri: URI });
        expect(runnables).toMatchObject([{ name: "quick" }, { name: "default", isDefault: true }]);
        expect(
          await connection.sendRequest("kspec/runnables", { uri: "file:///elsewhere.kspec.ts" }),
        ).toBeNull();
      }),
    30_000,
  );

  it(
    "puts Tune model above a tuning, and writes a candidate's values into it",
    () =>
      onThread(async (connection) => {
        const { open } = await editor(connection);
        const text = TEXT.replace(
          /export const quick[\s\S]*/,
          "const wf = workflow({ model: network({ fit_epochs: tune() }) });\nexport default fit_best(tune_grid(wf, { resamples: vfold_cv() }));\n",
        ).replace("workflow, type", "fit_best, tune, tune_grid, vfold_cv, workflow, type");
        await open(text);
        const lenses = await connection.sendRequest("textDocument/codeLens", { textDocument: { uri: URI } });
        expect(lenses).toMatchObject([
          { command: { title: "Fit model", command: "kspec.fit", arguments: [URI, "default"] } },
          { command: { title: "Tune model", command: "kspec.tune", arguments: [URI, "default"] } },
        ]);
        const ask = (values: object) =>
          connection.sendRequest("kspec/valuesEdit", { uri: URI, name: "default", values });
        const mark = text.split("\n")[8]!.indexOf("tune()");
        expect(await ask({ fit_epochs: 12 })).toEqual({
          edits: [
            {
              range: { start: { line: 8, character: mark }, end: { line: 8, character: mark + 6 } },
              newText: "12",
            },
          ],
        });
        expect(await ask({ rate: 12 })).toEqual({ reason: expect.stringContaining('"rate"') as string });
      }),
    30_000,
  );

  it(
    "minds no other TypeScript file",
    () =>
      onThread(async (connection) => {
        const { open, published, next } = await editor(connection);
        await open(TEXT, "file:///home/somebody/network.ts");
        const uri = "file:///home/somebody/network.ts";
        expect(await connection.sendRequest("textDocument/codeLens", { textDocument: { uri } })).toEqual([]);
        const spec = next();
        await open(TEXT);
        await spec;
        expect(published.map((one) => one.uri)).toEqual([URI]);
      }),
    30_000,
  );

  it(
    "ends with its editor",
    () =>
      onThread(async (connection, thread) => {
        await editor(connection);
        const exit = new Promise((resolve) => thread.once("exit", resolve));
        await connection.sendRequest("shutdown");
        await connection.sendNotification("exit");
        expect(await exit).toBe(0);
      }),
    30_000,
  );
});

describe("the language server on stdio", () => {
  it("speaks LSP to any editor", async () => {
    const child = spawn(process.execPath, [script, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    const connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    const { open, next, published } = await editor(connection);
    const first = next();
    await open(TEXT);
    await first;
    expect(published[0]?.diagnostics.map(({ code }) => code)).toEqual(["unknown-upstream"]);
    const exit = new Promise((resolve) => child.once("exit", resolve));
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    expect(await exit).toBe(0);
    connection.dispose();
  }, 30_000);

  it("says how it is started when it is started otherwise", async () => {
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(2);
    expect(said).toBe(
      "The KSpec language server speaks LSP: start it with --stdio, or on a worker thread.\n",
    );
  }, 30_000);
});
