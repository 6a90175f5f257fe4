import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { randomBytes } from "node:crypto";

/** An install that has begun: a folder of its own, which others see to be worked in. */
export interface InstallPlace {
  readonly folder: string;
  /** It stays. */
  finish(): Promise<void>;
  /** It goes, with all that is in it. */
  discard(): Promise<void>;
}

/**
 * Makes the folder of an install, with a manifest, so that npm installs into it and nowhere else.
 *
 * @param folder The one that holds installs.
 */
export async function beginInstall(folder: string, version: string): Promise<InstallPlace> {
  const own = path.join(folder, `${version}-${randomBytes(4).toString("hex")}`);
  await mkdir(own);
  await writeFile(path.join(own, "package.json"), JSON.stringify({ name: OURS, private: true }) + "\n");
  const mark = path.join(own, WORKED_IN);
  await writeFile(mark, "");
  const beat = setInterval(() => void utimes(mark, new Date(), new Date()).catch(() => undefined), 2_000);
  beat.unref();
  return {
    folder: own,
    async finish() {
      clearInterval(beat);
      await rm(mark, { force: true });
    },
    async discard() {
      clearInterval(beat);
      await rm(own, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
    },
  };
}

/** Whether another process is installing there. */
export async function beingInstalled(folder: string): Promise<boolean> {
  for (const one of await installsIn(folder)) if (await isWorkedIn(one)) return true;
  return false;
}

/**
 * Removes what earlier installs left there.
 *
 * @param kept The one that is in use.
 * @returns bytes that were freed.
 */
export async function removeLeftovers(folder: string, kept: string | undefined): Promise<number> {
  let freed = 0;
  for (const one of await installsIn(folder)) {
    if (one === kept || (await isWorkedIn(one))) continue;
    const bytes = await sizeOfFolder(one);
    // What cannot be removed now is tried again next time.
    await rm(one, { recursive: true, force: true, maxRetries: 3 }).then(
      () => (freed += bytes),
      () => undefined,
    );
  }
  return freed;
}

export function packageIn(install: string): string {
  return path.join(install, "node_modules", "@tensorflow", "tfjs-node");
}

/** With its compiled part; whether that works is another question. */
export function hasPackage(install: string): boolean {
  return existsSync(path.join(packageIn(install), "lib"));
}

/** Whether KSpec made that folder: nothing else is ever removed. */
export function isOurInstall(folder: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
      name?: unknown;
    };
    return manifest.name === OURS && NAME.test(path.basename(folder));
  } catch {
    return false;
  }
}

/** Bytes of all files in it. */
export async function sizeOfFolder(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await sizeOfFolder(place);
    else if (entry.isFile()) bytes += (await stat(place).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}

async function installsIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => []))
    .filter((name) => NAME.test(name))
    .map((name) => path.join(folder, name));
}

async function isWorkedIn(install: string): Promise<boolean> {
  const mark = await stat(path.join(install, WORKED_IN)).catch(() => undefined);
  return mark !== undefined && Date.now() - mark.mtimeMs < SILENCE_MS;
}

const OURS = "kspec-native-tensorflow";
const WORKED_IN = "installing";
const SILENCE_MS = 30_000;
/** "4.22.0-1f2e3d4c", and the same while it is being removed. */
const NAME = /^\d+\.\d+\.\d+-[0-9a-f]{8}(-removed)?$/;
