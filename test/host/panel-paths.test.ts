import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileInRun, mayOpenPlace } from "../../src/host/panel-paths.ts";
import { restoredFolder } from "../../src/host/restored-folder.ts";

let root: string;
let run: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "kspec-paths-")));
  run = path.join(root, "work", ".kspec", "runs", "r1");
  mkdirSync(path.join(run, "images"), { recursive: true });
  mkdirSync(`${run}-other`);
  for (const file of [
    "predictions.csv",
    "images/1.png",
    "../../../a.kspec.ts",
    "../r1-other/x.csv",
    "..notes",
  ])
    writeFileSync(path.join(run, file), "");
  writeFileSync(path.join(root, "secret.txt"), "");
  symlinkSync(path.join(root, "secret.txt"), path.join(run, "link.csv"));
  writeFileSync(path.join(run, "run.json"), JSON.stringify({ run: "r1", spec: { file: "/a.kspec.ts" } }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the panel opens files of its run", () => {
  test.each(["predictions.csv", "images/1.png", "./predictions.csv", "..notes"])("%s", (file) => {
    expect(fileInRun(run, file)).toBe(path.join(run, file));
  });
  test.each([
    "../../../../secret.txt",
    "../r1-other/x.csv",
    "link.csv",
    "missing.csv",
    "",
    ".",
    "/etc/passwd",
  ])("and not %j", (file) => expect(fileInRun(run, file)).toBeUndefined());
});

describe("the panel opens places", () => {
  const spec = () => path.join(root, "work", "a.kspec.ts");
  test("in the spec, also outside the workspace, and in the workspace", () => {
    expect(mayOpenPlace(spec(), spec(), [])).toBe(true);
    expect(mayOpenPlace(spec(), undefined, [path.join(root, "work")])).toBe(true);
  });
  test("and nowhere else", () => {
    const folders = [path.join(root, "work")];
    expect(mayOpenPlace(path.join(root, "secret.txt"), spec(), folders)).toBe(false);
    expect(mayOpenPlace(path.join(run, "link.csv"), spec(), folders)).toBe(false);
    expect(mayOpenPlace("a.kspec.ts", spec(), folders)).toBe(false);
    expect(mayOpenPlace(path.join(root, "work", "missing.ts"), spec(), folders)).toBe(false);
  });
});

describe("a restored panel finds its run", () => {
  test("by the folder's path or by the address the page reads it under", () => {
    expect(restoredFolder({ folder: run })).toBe(run);
    const address = `https://file%2B.vscode-resource.vscode-cdn.net${pathToFileURL(run).pathname}`;
    expect(restoredFolder({ folder: address })).toBe(run);
    expect(restoredFolder({ folder: `${address}/` })).toBe(run);
  });
  test.each([null, undefined, {}, { folder: null }, { folder: 3 }, { folder: "not an address" }])(
    "and none in %j",
    (state) => expect(restoredFolder(state)).toBeUndefined(),
  );
  test("and none in a folder that is no run's", () => {
    expect(restoredFolder({ folder: root })).toBeUndefined();
  });
});
