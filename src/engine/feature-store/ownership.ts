import { open, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import { sizeOfPack } from "./pack.ts";

/**
 * Who may change a pack. `NAME.writer` names the process that appends to the pack, or removes it; making that file is what
 * claims the pack, and the file system lets one process make it. Who only reads asks nobody.
 */
export async function claim(base: string): Promise<boolean> {
  try {
    const file = await open(base + ".writer", "wx");
    try {
      await file.writeFile(`${os.hostname()} ${process.pid}`);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

export async function release(base: string): Promise<void> {
  await rm(base + ".writer", { force: true });
}

export type Owner = "nobody" | "living" | "dead";

export async function ownerOf(base: string): Promise<Owner> {
  let text: string;
  try {
    text = await readFile(base + ".writer", "utf8");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "nobody" : "living";
  }
  // A number may have gone to another process since, and a process of another computer cannot be asked.
  const silentFor = Date.now() - (await lastSign(base));
  if (silentFor > SILENT_MS) return "dead";
  const [host, pid] = text.split(" ");
  if (host !== os.hostname()) return "living";
  try {
    process.kill(Number(pid), 0);
    return "living";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "living" : "dead";
  }
}

async function lastSign(base: string): Promise<number> {
  const claimed = await stat(base + ".writer").catch(() => undefined);
  return Math.max(claimed?.mtimeMs ?? 0, (await sizeOfPack(base))?.lastUsed ?? 0);
}

/** Removes a pack unless a living process writes it. Who has it open reads on; who opens it later finds nothing. */
export async function removePack(base: string): Promise<boolean> {
  const owner = await ownerOf(base);
  if (owner === "living") return false;
  if (owner === "nobody" && !(await claim(base))) return false;
  await rm(base + ".index", { force: true });
  await rm(base + ".data", { force: true });
  await release(base);
  return true;
}

const SILENT_MS = 24 * 3_600_000;
