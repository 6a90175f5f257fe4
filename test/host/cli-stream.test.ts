import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { followCli } from "../../src/host/cli-stream.ts";

/** A command line that does what the text says, and a place beside it to leave something. */
function script(text: string): { file: string; left: string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "kspec-cli-stream-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const left = path.join(folder, "left.txt");
  const file = path.join(folder, "cli.cjs");
  writeFileSync(file, `const left = ${JSON.stringify(left)};\n${text}`);
  return { file, left };
}
const never = new AbortController().signal;

test("each object is handed over when it is said, and all of them at the end", async () => {
  const { file } = script(`
    console.log(JSON.stringify({ args: process.argv.slice(2) }));
    setTimeout(() => { console.log('{"last":true}'); process.exit(0); }, 100);`);
  const heard: unknown[] = [];
  const end = await followCli(file, ["install"], never, (said) => heard.push(said));
  expect(heard).toEqual([{ args: ["install", "--json"] }, { last: true }]);
  expect(end).toEqual({ how: "done", said: heard });
});

test("one that fails says why in one sentence", async () => {
  const { file } = script(
    "console.error('kspec: npm was not found.'); process.exitCode = 1; process.disconnect();",
  );
  expect(await followCli(file, [], never, () => undefined)).toEqual({
    how: "failed",
    message: "npm was not found.",
  });
});

test("one that is asked to stop cleans up by itself", async () => {
  const { file, left } = script(`
    process.once("disconnect", () => {
      require("node:fs").writeFileSync(left, "cleaned up");
      process.exit(1);
    });
    setInterval(() => undefined, 1000);
    console.log('{"type":"stage"}');`);
  const stop = new AbortController();
  const end = await followCli(file, [], stop.signal, () => stop.abort());
  expect(end).toEqual({ how: "cancelled" });
  expect(readFileSync(left, "utf8")).toBe("cleaned up");
});

test("one that does not stop is ended", async () => {
  const { file } = script(`setInterval(() => undefined, 1000); console.log("{}");`);
  const stop = new AbortController();
  const end = await followCli(file, [], stop.signal, () => stop.abort(), { endAfter: 100 });
  expect(end).toEqual({ how: "cancelled" });
});
