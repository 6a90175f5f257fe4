import { createHash, randomBytes } from "node:crypto";
import { createReadStream, type BigIntStats } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { UserError } from "../protocol/index.ts";
import { cacheFolder } from "./cache-folder.ts";
import { makeFolder } from "./make-folder.ts";

export type HashName = "md5" | "sha256";

/** What reading a file costs is worth remembering from here on. */
const LARGE = 1_000_000;
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
    Object.assign(found, await compute(file, missing, signal));
    const after = await lookOf(file);
    if (looks.large && looks.settled && after.text === looks.text)
      // Only a matter of time: a cache that cannot be written is no failure.
      await remember(file, { looks: looks.text, hashes: found }).catch(() => undefined);
  }
  return found as Record<Name, string>;
}

interface Look {
  readonly text: string;
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
    large: size >= LARGE,
    settled: Date.now() - Number(ctimeNs / 1_000_000n) > SETTLED_MS,
  };
}

async function compute(
  file: string,
  names: readonly HashName[],
  signal: AbortSignal | undefined,
): Promise<Partial<Record<HashName, string>>> {
  const digests = names.map((name) => [name, createHash(name)] as const);
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: 1 << 20 }),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) for (const [, digest] of digests) digest.update(chunk);
      },
      ...(signal ? [{ signal }] : []),
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(file, error);
  }
  return Object.fromEntries(digests.map(([name, digest]) => [name, digest.digest("hex")]));
}

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
  const part = `${target}.${randomBytes(4).toString("hex")}.part`;
  try {
    await writeFile(part, JSON.stringify(Object.fromEntries(newest), null, 1));
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}
