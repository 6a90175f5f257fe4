import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFolder } from "../../src/data/make-folder.ts";

describe("makeFolder", () => {
  const root = () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kspec-make-folder-"));
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
    return folder;
  };

  it("makes all that is missing, also when several do at once, and minds none that is there", async () => {
    const folder = path.join(root(), "a", "b", "c");
    await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(path.join(folder, "d"))]);
    await makeFolder(folder);
    expect(fs.statSync(path.join(folder, "d")).isDirectory()).toBe(true);
  });

  it("says what is in the way", async () => {
    const folder = root();
    fs.writeFileSync(path.join(folder, "file"), "");
    fs.symlinkSync(path.join(folder, "nowhere"), path.join(folder, "link"));
    await expect(makeFolder(path.join(folder, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(path.join(folder, "file", "a"))).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(makeFolder(path.join(folder, "link", "a"))).rejects.toThrow(/^E/);
  });

  it.skipIf(process.platform !== "linux")("comes back where nothing can be made", async () => {
    await expect(makeFolder("/proc/kspec/features")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
