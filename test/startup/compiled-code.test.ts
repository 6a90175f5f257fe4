import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundle } from "../cli/kspec.ts";

// Node 22 keeps compiled code by itself, in files of its own.
const own = Number(process.versions.node.split(".")[0]) < 22;

const spec = path.join(import.meta.dirname, "../../examples/digits_transfer.kspec.ts");

function cacheFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "kspec-compiled-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What `kspec check` says of an example, with what is in this cache. */
function check(cache: string, args: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, bundle("cli.js"), "check", spec], {
    encoding: "utf8",
    env: { ...process.env, KSPEC_CACHE: cache },
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

function kept(cache: string): string[] {
  return readdirSync(path.join(cache, "code"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".v8"))
    .map((name) => path.join(cache, "code", name))
    .sort();
}

test.runIf(own)("the second process finds what the first compiled, and says the same", () => {
  const cache = cacheFolder();
  const first = check(cache);
  expect(kept(cache).map((file) => path.basename(file).replace(/-.*/, ""))).toEqual(["engine", "typescript"]);
  const before = kept(cache).map((file) => statSync(file).mtimeMs);
  const second = check(cache);
  expect(second).toBe(first);
  // Nothing was compiled again, so nothing was written.
  expect(kept(cache).map((file) => statSync(file).mtimeMs)).toEqual(before);
});

test.runIf(own)("what is damaged or cut is compiled anew and replaced", () => {
  const cache = cacheFolder();
  const text = check(cache);
  const [engine, typescript] = kept(cache);
  const whole = readFileSync(engine!);
  const flipped = Buffer.from(whole);
  flipped[whole.length >> 1]! ^= 0xff;
  writeFileSync(engine!, flipped);
  writeFileSync(typescript!, readFileSync(typescript!).subarray(0, 1000));
  expect(check(cache)).toBe(text);
  expect(readFileSync(engine!).equals(flipped)).toBe(false);
  expect(statSync(typescript!).size).toBeGreaterThan(1000);
});

test.runIf(own)("a folder that cannot be made costs nothing but time", () => {
  const cache = path.join(cacheFolder(), "a file");
  writeFileSync(cache, "");
  expect(check(cache)).toBe(check(cacheFolder()));
});

test("with a debugger's options or coverage nothing is kept", () => {
  const cache = cacheFolder();
  check(cache, ["--enable-source-maps"]);
  expect(readdirSync(cache)).not.toContain("code");
});
