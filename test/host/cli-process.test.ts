import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCli } from "../../src/host/cli-process.ts";

/** A command line that does what the text says. */
function script(text: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "kspec-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "cli.cjs");
  writeFileSync(file, text);
  return file;
}
const never = new AbortController().signal;

test("a command's objects come back, and it is asked for them", async () => {
  const file = script("console.log(JSON.stringify({ args: process.argv.slice(2) })); console.log('{}')");
  expect(await runCli(file, ["export", "a run"], never)).toEqual({
    how: "done",
    said: [{ args: ["export", "a run", "--json"] }, {}],
  });
});

test("a command that fails says why in one sentence", async () => {
  const file = script("console.error('a note'); console.error('kspec: The disk is full.'); process.exit(1)");
  expect(await runCli(file, [], never)).toEqual({ how: "failed", message: "The disk is full." });
});

test("a command that cannot be started says so", async () => {
  expect(await runCli("/nowhere/cli.js", [], never)).toEqual({
    how: "failed",
    message: "KSpec's command line ended without a word (exit code 1). KSpec: Show log may tell more.",
  });
});

test("a command that a person stops is ended", async () => {
  const stop = new AbortController();
  const end = runCli(script("setInterval(() => {}, 1000)"), [], stop.signal);
  stop.abort();
  expect(await end).toEqual({ how: "cancelled" });
});
