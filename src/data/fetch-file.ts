import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { UserError } from "../protocol/index.ts";
import { DownloadFailed } from "./download-failed.ts";
import type { DownloadOptions } from "./download.ts";
import {
  findKerasFile,
  hasHash,
  isAddress,
  kerasHome,
  mirrorList,
  type KerasFile,
  type KerasPlaces,
} from "./keras-files.ts";

export interface FetchOptions extends KerasPlaces {
  /** Timings of downloads, for tests. */
  readonly timing?: Pick<DownloadOptions, "connectTimeout" | "silence" | "backOff">;
}

/**
 * The path of a file of Keras's, downloaded if need be: Keras's cache, the mirrors in their order, the official address.
 * A download goes to Keras's cache under Keras's name, so Keras finds it too; its hash is checked before it gets that name.
 *
 * @throws UserError `file-unavailable`: which file, where it was looked for, why each address failed, and the remedies.
 */
export async function fetchKerasFile(file: KerasFile, options: FetchOptions = {}): Promise<string> {
  const found = await findKerasFile(file, options);
  if (found.path !== undefined) return found.path;
  for (const damaged of found.damaged)
    options.onNote?.(
      "warning",
      "damaged-file",
      `${damaged} is damaged: its hash is not the published one. It is not used.`,
    );
  const failures: string[] = [];
  // Whoever hangs shares the first one's time, so that it is said within ten seconds that none can be reached.
  const started = Date.now();
  const patience = options.timing?.connectTimeout ?? 6_000;
  const unreachable = new Set<string>();
  for (const url of addresses(file, options)) {
    const { origin } = new URL(url);
    if (unreachable.has(origin)) continue;
    const left = Math.max(patience / 3, patience - (Date.now() - started));
    try {
      return await fetchFrom(url, file, options, left);
    } catch (error) {
      if (!(error instanceof DownloadFailed)) throw error;
      if (error.unreachable) unreachable.add(origin);
      failures.push(`${url} (${error.message})`);
    }
  }
  throw unavailable(file, found, failures, options);
}

function addresses(file: KerasFile, places: KerasPlaces): string[] {
  const mirrors = mirrorList(places).filter(isAddress);
  // A mirror may name the file as the publisher does.
  const names = [...new Set([file.name, path.posix.basename(new URL(file.url).pathname)])];
  return [
    ...mirrors.flatMap((mirror) => names.map((name) => `${mirror.replace(/\/+$/, "")}/${file.kind}/${name}`)),
    file.url,
  ];
}

async function fetchFrom(
  url: string,
  file: KerasFile,
  options: FetchOptions,
  connectTimeout: number,
): Promise<string> {
  const folder = path.join(kerasHome(options), file.kind);
  const target = path.join(folder, file.name);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UserError(
      "unwritable-folder",
      `Downloads are kept in ${folder}, which cannot be made (${(error as NodeJS.ErrnoException).code}). Set KERAS_HOME to a folder that can be written.`,
      { cause: error },
    );
  }
  // The HTTP client is large, and most fits find their files on the disk.
  const { download } = await import("./download.ts");
  const { part, release } = await claimPart(target, file.hash);
  try {
    const { signal, onProgress, env, timing } = options;
    const settings: DownloadOptions = {
      ...timing,
      connectTimeout,
      ...(signal ? { signal } : {}),
      ...(env ? { env } : {}),
      onProgress: (done, total) => onProgress?.(done, total, "bytes"),
    };
    // What an earlier attempt left may be of another file; then a fresh start mends it, once.
    for (const chance of ["resumed", "fresh"]) {
      await download(url, part, settings);
      if (await hasHash(part, file.hash, signal)) {
        await keep(part, target);
        return target;
      }
      await rm(part, { force: true });
      if (chance === "fresh") break;
    }
    throw new DownloadFailed("what came is not the published file: its hash is another", false);
  } finally {
    await release();
  }
}

/** The bytes are on the disk before the file has its name, so that a power cut leaves no empty file of that name. */
async function keep(part: string, target: string): Promise<void> {
  const handle = await open(part, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, target);
}

/**
 * A file to download into, for this process alone. The first process gets the one that later attempts resume; another that
 * wants the same file at the same time gets one of its own, and the last to finish names the same bytes again.
 */
async function claimPart(target: string, hash: string | undefined) {
  const shared = `${target}.${hash?.slice(0, 8) ?? "download"}.part`;
  const lock = `${shared}.lock`;
  const owner = `${os.hostname()} ${process.pid}`;
  for (let chances = 0; chances < 2; chances++) {
    try {
      const handle = await open(lock, "wx");
      await handle.writeFile(owner);
      await handle.close();
      return { part: shared, release: () => rm(lock, { force: true }) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST")
        throw new UserError(
          "unwritable-folder",
          `Downloads are kept in ${path.dirname(target)}, which cannot be written (${code}). Set KERAS_HOME to a folder that can.`,
          { cause: error },
        );
      if (await isHeld(lock)) break;
      await rm(lock, { force: true });
    }
  }
  const own = `${target}.${process.pid}-${Date.now().toString(36)}.part`;
  return { part: own, release: () => rm(own, { force: true }) };
}

/** Whether the process that made a lock may still be at work. */
async function isHeld(lock: string): Promise<boolean> {
  const [host, pid] = (await readFile(lock, "utf8").catch(() => "")).split(" ");
  if (host !== os.hostname()) return host !== "";
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function unavailable(
  file: KerasFile,
  { looked, damaged }: { looked: readonly string[]; damaged: readonly string[] },
  failures: readonly string[],
  places: KerasPlaces,
): UserError {
  const home = path.join(kerasHome(places), file.kind);
  const sentences = [
    `The file ${file.name} is needed and could not be got.`,
    `It was looked for in ${looked.join(", ")}, then at ${failures.join(", ")}.`,
    ...(damaged.length > 0 ? [`${damaged.join(", ")} is there but damaged.`] : []),
    `Connect to the network and run again; or download ${file.url} elsewhere and put it into ${home} as ${file.name}; or name a folder or address that has ${file.kind}/${file.name} in the setting kspec.mirrors or the variable KSPEC_MIRROR.`,
  ];
  return new UserError("file-unavailable", sentences.join(" "));
}
