import { appendFile, mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../protocol/index.ts";
import { DownloadFailed } from "./download-failed.ts";
import type { DownloadOptions } from "./download.ts";
import {
  findKerasFile,
  hasHash,
  isAddress,
  kerasHome,
  keptFrom,
  mirrorList,
  tellStandIn,
  wrongLine,
  type DamagedFile,
  type KerasFile,
  type KerasPlaces,
} from "./keras-files.ts";
import { mirrorSums, SUMS_FILE, type MirrorSums } from "./mirror-sums.ts";

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
  return (await fetchCheckedFile(file, options)).path;
}

export interface CheckedFile {
  readonly path: string;
  /** That it was found to have; absent where nobody published one. */
  readonly hash?: string;
}

/** The same, with the hash that says what is in it. */
export async function fetchCheckedFile(file: KerasFile, options: FetchOptions = {}): Promise<CheckedFile> {
  const found = await findKerasFile(file, options);
  if (found.path !== undefined) return checked(found.path, found.hash);
  for (const { path: damaged, listed } of found.damaged)
    options.onNote?.(
      "warning",
      "damaged-file",
      `${damaged} is damaged: its hash is not the ${listed ? `one in its mirror's ${SUMS_FILE}` : "published one"}. It is not used.`,
    );
  const failures: string[] = [];
  // Whoever hangs shares the first one's time, so that it is said within ten seconds that none can be reached.
  const started = Date.now();
  const patience = options.timing?.connectTimeout ?? 6_000;
  const unreachable = new Set<string>();
  for (const source of sources(file, options)) {
    const { origin } = new URL(source.url);
    if (unreachable.has(origin)) continue;
    const settings = (): DownloadOptions => ({
      ...downloadOptions(options),
      connectTimeout: Math.max(patience / 3, patience - (Date.now() - started)),
    });
    const { mirror, url, place } = source;
    try {
      const listed = await mirror?.listed(place, settings());
      // Where the list's hash is the published one, it is Keras's file and may lie where Keras looks for it.
      if (mirror === undefined || listed === undefined || listed === file.hash?.toLowerCase())
        return checked(
          await fetchInto(kerasFolder(file, options), file, url, settings(), options),
          file.hash,
        );
      return checked(await fetchStandIn(file, url, mirror.address, listed, settings(), options), listed);
    } catch (error) {
      if (!(error instanceof DownloadFailed)) throw error;
      if (error.unreachable) unreachable.add(origin);
      failures.push(`${url} (${error.message})`);
    }
  }
  throw unavailable(file, found, failures, options);
}

function checked(path: string, hash: string | undefined): CheckedFile {
  return { path, ...(hash === undefined ? {} : { hash }) };
}

/** An address that may have the file. */
interface Source {
  readonly url: string;
  /** Absent: it is the official one. */
  readonly mirror?: MirrorAddress;
  /** In the mirror, from its root. */
  readonly place: string;
}

interface MirrorAddress {
  readonly address: string;
  /** The SHA-256 that its own list has for a place; undefined: it has no list, or the list does not name it. */
  listed(place: string, settings: DownloadOptions): Promise<string | undefined>;
}

function sources(file: KerasFile, options: FetchOptions): Source[] {
  // A mirror may name the file as the publisher does.
  const names = [...new Set([file.name, path.posix.basename(new URL(file.url).pathname)])];
  const fromMirrors = mirrorList(options)
    .filter(isAddress)
    .flatMap((address): Source[] => {
      const mirror = mirrorAddress(address, options);
      return names.map((name) => {
        const place = `${file.kind}/${name}`;
        return { url: `${address.replace(/\/+$/, "")}/${place}`, mirror, place };
      });
    });
  return [...fromMirrors, { url: file.url, place: file.name }];
}

function mirrorAddress(address: string, { onNote }: FetchOptions): MirrorAddress {
  const root = address.replace(/\/+$/, "");
  let sums: MirrorSums | undefined;
  return {
    address,
    listed(place, settings) {
      sums ??= mirrorSums(
        async (list) => {
          const { downloadText } = await import("./download.ts");
          try {
            return await downloadText(`${root}/${list}`, settings);
          } catch (error) {
            if (!(error instanceof DownloadFailed)) throw error;
            throw new DownloadFailed(`its ${list}: ${error.message}`, error.unreachable, { cause: error });
          }
        },
        (list, line) => onNote?.("warning", "mirror-list", wrongLine(`${root}/${list}`, line)),
      );
      return sums.of(place);
    },
  };
}

/**
 * A mirror's own file in place of Keras's: it is kept apart from Keras's cache, with the hash that the mirror lists.
 */
async function fetchStandIn(
  file: KerasFile,
  url: string,
  mirror: string,
  listed: string,
  settings: DownloadOptions,
  options: FetchOptions,
): Promise<string> {
  const root = keptFrom(mirror, options);
  const folder: Keep = {
    path: path.join(root, file.kind),
    variable: "KSPEC_CACHE",
    file: `the one that the mirror's ${SUMS_FILE} lists`,
  };
  const target = await fetchInto(folder, { ...file, hash: listed }, url, settings, options);
  await appendFile(path.join(root, SUMS_FILE), `${listed}  ${file.kind}/${file.name}\n`);
  tellStandIn(file, mirror, target, options);
  return target;
}

function downloadOptions({ signal, onProgress, env, timing }: FetchOptions): DownloadOptions {
  return {
    ...timing,
    ...(signal ? { signal } : {}),
    ...(env ? { env } : {}),
    onProgress: (done, total) => onProgress?.(done, total, "bytes"),
  };
}

/** Where a download is kept. */
interface Keep {
  readonly path: string;
  /** The variable that moves it. */
  readonly variable: "KERAS_HOME" | "KSPEC_CACHE";
  /** What a message calls the file that it should be. */
  readonly file: string;
}

function kerasFolder(file: KerasFile, options: FetchOptions): Keep {
  return {
    path: path.join(kerasHome(options), file.kind),
    variable: "KERAS_HOME",
    file: "the published file",
  };
}

/** Downloads a file into a folder; it gets its name when its hash is right. */
async function fetchInto(
  folder: Keep,
  file: KerasFile,
  url: string,
  settings: DownloadOptions,
  { onNote }: FetchOptions,
): Promise<string> {
  const target = path.join(folder.path, file.name);
  try {
    await mkdir(folder.path, { recursive: true });
  } catch (error) {
    throw new UserError(
      "unwritable-folder",
      `Downloads are kept in ${folder.path}, which cannot be made (${(error as NodeJS.ErrnoException).code}). Set ${folder.variable} to a folder that can be written.`,
      { cause: error },
    );
  }
  // The HTTP client is large, and most fits find their files on the disk.
  const { download } = await import("./download.ts");
  const { part, release } = await claimPart(target, file.hash, folder.variable, settings, () =>
    onNote?.(
      "information",
      "download-elsewhere",
      `Another process downloads ${file.name} already; this one waits for it.`,
    ),
  );
  try {
    // Another process may have got it meanwhile.
    if ((await isThere(target)) && (await hasHash(target, file.hash, settings.signal))) return target;
    // What an earlier attempt left may be of another file; then a fresh start mends it, once.
    for (const chance of ["resumed", "fresh"]) {
      await download(url, part, settings);
      if (await hasHash(part, file.hash, settings.signal)) {
        await keep(part, target);
        return target;
      }
      await rm(part, { force: true });
      if (chance === "fresh") break;
    }
    throw new DownloadFailed(`what came is not ${folder.file}: its hash is another`, false);
  } finally {
    await release();
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
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

/** A file to download into that nobody else writes. */
interface Claim {
  readonly part: string;
  release(): Promise<void>;
}

/**
 * Claims the file that a download goes to, so that of several processes that want the same file one downloads it. The others wait
 * for it; where it fails, or its process ends, the next one goes on with what there is.
 */
async function claimPart(
  target: string,
  hash: string | undefined,
  variable: Keep["variable"],
  { signal, onProgress }: DownloadOptions,
  onWait: () => void,
): Promise<Claim> {
  const part = `${target}.${hash?.slice(0, 8) ?? "download"}.part`;
  const lock = `${part}.lock`;
  for (let waits = 0; ; waits++) {
    signal?.throwIfAborted();
    try {
      const handle = await open(lock, "wx");
      claimed.add(lock);
      await handle.writeFile(`${os.hostname()} ${process.pid}`);
      await handle.close();
      // Whoever waits sees by its time that this process is at work.
      const pulse = setInterval(
        () => void utimes(lock, new Date(), new Date()).catch(() => undefined),
        PULSE,
      );
      pulse.unref();
      const release = async () => {
        clearInterval(pulse);
        claimed.delete(lock);
        await rm(lock, { force: true });
      };
      return { part, release };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST")
        throw new UserError(
          "unwritable-folder",
          `Downloads are kept in ${path.dirname(target)}, which cannot be written (${code}). Set ${variable} to a folder that can.`,
          { cause: error },
        );
    }
    if (!(await isHeld(lock))) {
      await rm(lock, { force: true });
      continue;
    }
    if (waits === 0) onWait();
    await sleep(WAIT, undefined, signal ? { signal } : {});
    const { size = 0 } = (await stat(part).catch(() => undefined)) ?? {};
    if (size > 0) onProgress?.(size, null);
  }
}

/** Locks of this process. */
const claimed = new Set<string>();
const WAIT = 200;
const PULSE = 5_000;
/** A lock that was not touched for so long is nobody's: its process was stopped, or another has its number now. */
const STALE = 45_000;

/** Whether the process that made a lock is still at work. */
async function isHeld(lock: string): Promise<boolean> {
  const found = await stat(lock).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs > STALE) return false;
  const [host, pid] = (await readFile(lock, "utf8").catch(() => "")).split(" ");
  // It was made just now, and its owner is about to write who it is.
  if (pid === undefined) return Date.now() - found.mtimeMs < PULSE;
  if (host !== os.hostname()) return true;
  if (Number(pid) === process.pid) return claimed.has(lock);
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function unavailable(
  file: KerasFile,
  { looked, damaged }: { looked: readonly string[]; damaged: readonly DamagedFile[] },
  failures: readonly string[],
  places: KerasPlaces,
): UserError {
  const home = path.join(kerasHome(places), file.kind);
  const sentences = [
    `The file ${file.name} is needed and could not be got.`,
    `It was looked for in ${looked.join(", ")}, then at ${failures.join(", ")}.`,
    ...(damaged.length > 0 ? [`${damaged.map((one) => one.path).join(", ")} is there but damaged.`] : []),
    `Connect to the network and run again; or download ${file.url} elsewhere and put it into ${home} as ${file.name}; or name a folder or address that has ${file.kind}/${file.name} in the setting kspec.mirrors or the variable KSPEC_MIRROR.`,
  ];
  return new UserError("file-unavailable", sentences.join(" "));
}
