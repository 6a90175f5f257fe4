import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { UserError } from "../protocol/index.ts";
import { cacheFolder } from "./cache-folder.ts";
import { makeFolder } from "./make-folder.ts";
import { writeWhole } from "./write-whole.ts";

export type HashName = "md5" | "sha256";

/** What reading a file costs is worth remembering from here on. */
const LARGE = 1_000_000;
/** Less than this is hashed sooner than a thread is there. */
const SLOW = 16_000_000;
/** A file that was written just now may be written again within one tick of the disk's clock. */
const SETTLED_MS = 2_000;

/**
 * Hashes of a file's bytes, in hexadecimal digits. Those of a large file are remembered in KSpec's cache for as long as nobody touches it: its
 * size, place on the disk and times of change are looked at, as Git does.
 *
 * @throws UserError when the file cannot be read.
 */
export async function fileHashes<Name extends HashName>(
  file: string,
  names: readonly Name[],
  signal?: AbortSignal,
): Promise<Record<Name, string>> {
  const looks = await lookOf(file);
  const known = looks.large ? (await readMemory())[file] : undefined;
  const found: Partial<Record<HashName, string>> = known?.looks === looks.text ? { ...known.hashes } : {};
  const missing = names.filter((name) => found[name] === undefined);
  if (missing.length > 0) {
    Object.assign(found, await (looks.size < SLOW ? computeHere : compute)(file, missing, signal));
    const after = await lookOf(file);
    if (looks.large && looks.settled && after.text === looks.text)
      // Only a matter of time: a cache that cannot be written is no failure.
      await remember(file, { looks: looks.text, hashes: found }).catch(() => undefined);
  }
  return found as Record<Name, string>;
}

interface Look {
  readonly text: string;
  readonly size: number;
  readonly large: boolean;
  readonly settled: boolean;
}

async function lookOf(file: string): Promise<Look> {
  let found: BigIntStats;
  try {
    found = await stat(file, { bigint: true });
  } catch (error) {
    throw unreadable(file, error);
  }
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return {
    text: [dev, ino, size, mtimeNs, ctimeNs].join(" "),
    size: Number(size),
    large: size >= LARGE,
    settled: Date.now() - Number(ctimeNs / 1_000_000n) > SETTLED_MS,
  };
}

async function computeHere(
  file: string,
  names: readonly HashName[],
  signal: AbortSignal | undefined,
): Promise<Partial<Record<HashName, string>>> {
  try {
    const bytes = await readFile(file, { signal });
    return Object.fromEntries(names.map((name) => [name, createHash(name).update(bytes).digest("hex")]));
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(file, error);
  }
}

/** On a thread of its own: hashing a hundred megabytes takes a quarter of a second, in which others have something to do. */
async function compute(
  file: string,
  names: readonly HashName[],
  signal: AbortSignal | undefined,
): Promise<Partial<Record<HashName, string>>> {
  signal?.throwIfAborted();
  const worker = new Worker(HASHING, { eval: true, workerData: { file, names }, execArgv: [] });
  const stop = () => void worker.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on(
        "message",
        ({ hashes, error }: { hashes?: Partial<Record<HashName, string>>; error?: unknown }) =>
          hashes === undefined ? reject(unreadable(file, error)) : resolve(hashes),
      );
      worker.on("error", (error) => reject(unreadable(file, error)));
      worker.on("exit", () => reject(signal?.aborted ? signal.reason : unreadable(file, "no answer")));
    });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

const HASHING = `
const { createHash } = require("node:crypto");
const { closeSync, openSync, readSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
try {
  const digests = workerData.names.map((name) => [name, createHash(name)]);
  const handle = openSync(workerData.file, "r");
  const chunk = Buffer.alloc(1 << 20);
  for (let read; (read = readSync(handle, chunk)) > 0;)
    for (const [, digest] of digests) digest.update(chunk.subarray(0, read));
  closeSync(handle);
  const hashes = Object.fromEntries(digests.map(([name, digest]) => [name, digest.digest("hex")]));
  parentPort.postMessage({ hashes });
} catch (error) {
  parentPort.postMessage({ error: { code: error.code, message: error.message } });
}
`;

function unreadable(file: string, error: unknown): UserError {
  return new UserError(
    "unreadable-file",
    `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    { cause: error },
  );
}

// ---------------------------------------------------------------- what is remembered

interface Remembered {
  readonly looks: string;
  readonly hashes: Partial<Record<HashName, string>>;
}

function memoryFile(): string {
  return path.join(cacheFolder(), "hashes.json");
}

async function readMemory(): Promise<Record<string, Remembered | undefined>> {
  try {
    const memory: unknown = JSON.parse(await readFile(memoryFile(), "utf8"));
    return typeof memory === "object" && memory !== null ? (memory as Record<string, Remembered>) : {};
  } catch {
    return {};
  }
}

/** Two processes at once: the later one's file stands, and what the other found is found again. */
async function remember(file: string, found: Remembered): Promise<void> {
  const target = memoryFile();
  await makeFolder(path.dirname(target));
  const newest = Object.entries({ ...(await readMemory()), [file]: found }).slice(-200);
  await writeWhole(target, JSON.stringify(Object.fromEntries(newest), null, 1));
}
