import { createHash } from "node:crypto";
import { access, readFile, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import type { DataContext } from "./context.ts";
import { fileHashes, type HashName } from "./file-hash.ts";
import { mirrorSums, SUMS_FILE, type MirrorSums } from "./mirror-sums.ts";

/** A file that Keras downloads: a data set or the weights of an application, by Keras's own name. */
export interface KerasFile {
  /** Keras's subfolder, in its cache and in mirrors. */
  readonly kind: "datasets" | "datasets/fashion-mnist" | "models";
  /** What Keras calls it in its cache; a download is kept under this name. */
  readonly name: string;
  /** Other names of the same bytes: of other versions of Keras, of the publisher. */
  readonly otherNames?: readonly string[];
  /** The official address. */
  readonly url: string;
  /** Published: MD5 (32 hex digits) or SHA-256 (64). Absent: not checked. */
  readonly hash?: string;
}

/** Where files are looked for, and whom a download tells of its progress. */
export type KerasPlaces = Pick<
  DataContext,
  "keras_home" | "mirrors" | "env" | "signal" | "onProgress" | "onNote"
>;

export interface FoundKerasFile {
  /** Undefined: it is nowhere on this computer. */
  readonly path?: string;
  /** Which it was found to have: the one that its mirror lists, else the published one. */
  readonly hash?: string;
  /** Folders that were looked in. */
  readonly looked: readonly string[];
  /** Files of that name whose hash is wrong. */
  readonly damaged: readonly DamagedFile[];
}

export interface DamagedFile {
  readonly path: string;
  /** Whose hash it should have: the published one, or the one that its mirror lists. */
  readonly listed: boolean;
}

/**
 * Looks for a file in Keras's cache, in the mirrors that are folders, and in what was downloaded from the mirrors that are
 * addresses, without the network. A file whose hash is wrong is not taken. Where a mirror's own list of hashes names the
 * file, that hash counts instead of the published one, and `onNote` is told whose file it is.
 */
export async function findKerasFile(file: KerasFile, places: KerasPlaces = {}): Promise<FoundKerasFile> {
  const looked: string[] = [];
  const damaged: DamagedFile[] = [];
  const names = [file.name, ...(file.otherNames ?? [])];
  for (const { folder, sums, mirror, kept } of folders(file.kind, places)) {
    if (!kept || (await exists(folder))) looked.push(folder);
    for (const name of names) {
      const candidate = path.join(folder, name);
      if (!(await isFile(candidate))) continue;
      const listed = await sums?.of(
        mirror !== undefined && folder !== mirror ? `${file.kind}/${name}` : name,
      );
      // What was kept from an address is there because its list named it; without that it could be anything.
      if (kept && listed === undefined) continue;
      const is = await hasHashes(candidate, { listed, published: file.hash }, places.signal);
      if (listed === undefined ? is.published : is.listed) {
        if (listed !== undefined && !(is.published && file.hash !== undefined))
          tellStandIn(file, mirror!, candidate, places);
        const hash = listed ?? file.hash;
        return { path: candidate, ...(hash === undefined ? {} : { hash }), looked, damaged };
      }
      damaged.push({ path: candidate, listed: listed !== undefined });
    }
  }
  return { looked, damaged };
}

/** A folder where files may lie. */
interface Place {
  readonly folder: string;
  /** The mirror's own hashes. */
  readonly sums?: MirrorSums;
  /** As the user wrote it. */
  readonly mirror?: string;
  /** It holds what was downloaded from a mirror that is an address. */
  readonly kept?: boolean;
}

function folders(kind: KerasFile["kind"], places: KerasPlaces): Place[] {
  return [
    { folder: path.join(kerasHome(places), kind) },
    ...mirrorList(places).flatMap((mirror): Place[] => {
      const kept = isAddress(mirror);
      const root = kept ? keptFrom(mirror, places) : mirror;
      const sums = folderSums(root, places);
      const inside: Place = { folder: path.join(root, kind), sums, mirror, kept };
      return kept ? [inside] : [inside, { folder: root, sums, mirror }];
    }),
  ];
}

/** The hashes that a folder lists. */
export function folderSums(root: string, { onNote }: KerasPlaces): MirrorSums {
  return mirrorSums(
    (place) => readFile(path.join(root, place), "utf8").catch(() => undefined),
    (place, line) => onNote?.("warning", "mirror-list", wrongLine(path.join(root, place), line)),
  );
}

export function wrongLine(list: string, line: number): string {
  return `Line ${line} of ${list} is no line of sha256sum, and is passed over.`;
}

/**
 * Where files from a mirror's address are kept that are not Keras's published ones: a folder of KSpec's own cache, laid out like a
 * mirror. In Keras's cache, under Keras's names, Keras would take them for its own.
 */
export function keptFrom(mirror: string, { env = process.env }: KerasPlaces): string {
  const address = mirror.replace(/\/+$/, "");
  const { host, pathname } = new URL(address);
  const readable = (host + pathname).replace(/[^A-Za-z0-9.-]+/g, "_").replace(/_$/, "");
  const own = createHash("sha256").update(address).digest("hex").slice(0, 8);
  return path.join(cacheFolder(env), "mirrors", `${readable}-${own}`);
}

/** Says that a file is a mirror's and not the one that Keras publishes. */
export function tellStandIn(file: KerasFile, mirror: string, where: string, { onNote }: KerasPlaces): void {
  onNote?.(
    "information",
    "mirror-file",
    `${file.name} is the one of the mirror ${mirror}, as its ${SUMS_FILE} lists it, and ${file.hash === undefined ? "no hash of Keras's says that it is the published one" : "not the one that Keras publishes"} (${where}).`,
  );
}

/** Keras's own folder: what the user set, `$KERAS_HOME`, or `~/.keras`. */
export function kerasHome({ keras_home, env = process.env }: KerasPlaces = {}): string {
  return keras_home || env.KERAS_HOME || path.join(env.HOME || env.USERPROFILE || os.homedir(), ".keras");
}

/**
 * Mirrors in the order in which they are asked: those given, then those of `KSPEC_MIRROR` (one, or several with `;` or a
 * line break between them; a comma too, where an address or an absolute path follows it). Each is a folder or an http(s) address laid out like Keras's: `datasets/…`, `models/…`.
 */
export function mirrorList({ mirrors = [], env = process.env }: KerasPlaces): string[] {
  const all = [...mirrors, ...(env.KSPEC_MIRROR ?? "").split(BETWEEN_MIRRORS)];
  return [
    ...new Set(
      all
        .map((mirror) => mirror.trim().replace(/^~(?=$|[/\\])/, os.homedir()))
        .filter((mirror) => mirror !== ""),
    ),
  ];
}

/** Commas are legal in the names of folders ("Doe, Jane"). */
const BETWEEN_MIRRORS = /[;\n]|,(?=\s*(?:https?:\/\/|[A-Za-z]:[\\/]|[/~\\]))/i;

export function isAddress(mirror: string): boolean {
  return /^https?:\/\//i.test(mirror);
}

/** Whether the file's bytes have the published hash; true where none is published. */
export async function hasHash(
  file: string,
  hash: string | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  return (await hasHashes(file, { hash }, signal)).hash;
}

/** The same for several hashes, of one reading. */
async function hasHashes<Name extends string>(
  file: string,
  hashes: Readonly<Record<Name, string | undefined>>,
  signal?: AbortSignal,
): Promise<Record<Name, boolean>> {
  const wanted = Object.entries<string | undefined>(hashes);
  const names = wanted.flatMap(([, hash]) => (hash === undefined ? [] : [algorithm(hash)]));
  const found = names.length === 0 ? {} : await fileHashes(file, [...new Set(names)], signal);
  return Object.fromEntries(
    wanted.map(([name, hash]) => [
      name,
      hash === undefined || found[algorithm(hash) as keyof typeof found] === hash.toLowerCase(),
    ]),
  ) as Record<Name, boolean>;
}

function algorithm(hash: string): HashName {
  return hash.length === 32 ? "md5" : "sha256";
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function exists(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
