import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** Whether this process may mount a file system, which takes Linux and root. */
export function canMount(): boolean {
  if (process.platform !== "linux" || os.userInfo().uid !== 0) return false;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kspec-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    fs.rmdirSync(folder);
  }
}

/** A tiny file system of its own in a folder; gone after the test. */
export function mount(folder: string, options: string): string {
  const place = path.join(folder, "tiny");
  fs.mkdirSync(place);
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place]);
  onTestFinished(() => void execFileSync("umount", ["-l", place]));
  return place;
}
