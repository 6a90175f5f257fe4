import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildSync } from "esbuild";
import { beforeAll, afterAll, describe, expect, it } from "vitest";
import { openFeatureStore } from "../../../src/engine/feature-store/index.ts";
import { filesOf, KEY, look, numbers, temporaryFolder } from "./shelf-tools.ts";

const LENGTH = 10_000;
const LIMIT = 200e6;
let built: string;

beforeAll(() => {
  built = fs.mkdtempSync(path.join(os.tmpdir(), "kspec-shelf-process-"));
  fs.chmodSync(built, 0o755);
  buildSync({
    entryPoints: [path.join(import.meta.dirname, "shelf-process.ts")],
    outfile: path.join(built, "shelf-process.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    // What the tests' tools need of vitest is for tests only.
    alias: { vitest: path.join(import.meta.dirname, "no-vitest.ts") },
    logLevel: "silent",
  });
});
afterAll(() => fs.rmSync(built, { recursive: true, force: true }));

describe("several processes", () => {
  it("write and read one shelf at once", async () => {
    const folder = temporaryFolder();
    const images = 400;
    const processes = [0, 1, 2].map(() => start(folder, 0, images, 8));
    const ends = await Promise.all(processes.map(({ ended }) => ended));
    for (const { code, printed } of ends) {
      expect(code, printed).toBe(0);
      expect(printed).toMatch(/damaged 0\n$/);
    }
    const shelf = await openFeatureStore({ folder, limit: LIMIT }).open(KEY, LENGTH, "a base");
    expect(await look(shelf, numbers(0, images), LENGTH)).toEqual(numbers(0, images));
    expect(shelf.damaged).toBe(0);
    await shelf.close();

    const again = await start(folder, 0, images, 8).ended;
    expect(again.printed).toMatch(/computed 0 damaged 0\n$/);
    expect(filesOf(folder, ".writer")).toEqual([]);
  });

  it.each([1, 2, 3])(
    "killed at any moment lose nothing that was kept, and leave nothing wrong (%i)",
    async () => {
      const folder = temporaryFolder();
      let from = 0;
      for (let kill = 0; kill < 8; kill++) {
        const { child, printed, ended } = start(folder, from, 1_000_000, 4);
        while (printed.text === "") await sleep(1);
        await sleep(Math.random() * 20);
        child.kill("SIGKILL");
        expect((await ended).code).toBe(null);
        const done = Number(printed.text.trimEnd().split("\n").at(-1));
        const shelf = await openFeatureStore({ folder, limit: LIMIT }).open(KEY, LENGTH, "a base");
        const acknowledged = numbers(0, done);
        expect(await look(shelf, acknowledged, LENGTH)).toEqual(acknowledged);
        // What was not told of may be there, but then it is right.
        await look(shelf, numbers(done, done + 64), LENGTH);
        expect(shelf.damaged).toBe(0);
        await shelf.close();
        from = done;
      }
      const goesOn = await start(folder, 0, from + 50, 8).ended;
      expect(goesOn.code, goesOn.printed).toBe(0);
      expect(Number(/computed (\d+) damaged 0\n$/.exec(goesOn.printed)?.[1])).toBeLessThanOrEqual(50);
    },
  );
});

function start(folder: string, from: number, to: number, chunk: number, as?: { uid: number; gid: number }) {
  const script = path.join(built, "shelf-process.mjs");
  const args = [script, folder, LENGTH, LIMIT, from, to, chunk].map(String);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], ...as });
  const printed = { text: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed.text += text));
  const ended = new Promise<{ code: number | null; printed: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, printed: printed.text })),
  );
  return { child, printed, ended };
}

describe.skipIf(process.platform === "win32")("a folder that cannot be written", () => {
  it("can be read from; what cannot be kept is said with the path and the remedy", async () => {
    const folder = temporaryFolder();
    await start(folder, 0, 8, 8).ended;
    const locked = [folder, path.join(folder, KEY)];
    fs.chmodSync(path.join(folder, KEY), 0o555);
    fs.chmodSync(folder, 0o555);
    // Root may write everywhere, so another user tries.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
    try {
      const reading = await start(folder, 0, 8, 8, nobody).ended;
      expect(reading.printed).toMatch(/computed 0 damaged 0\n$/);
      const writing = await start(folder, 0, 16, 8, nobody).ended;
      expect(writing.printed).toContain("unwritable-folder: Features are kept in " + path.join(folder, KEY));
      expect(writing.printed).toContain("kspec.cache.folder");
    } finally {
      for (const place of locked) fs.chmodSync(place, 0o755);
    }
  });
});
