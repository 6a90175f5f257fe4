import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { UserError } from "../protocol/index.ts";
import type { DataContext } from "./context.ts";

/** A file that Keras downloads: a data set or the weights of an application, by Keras's own name. */
export interface KerasFile {
  /** Keras's subfolder, in its cache and in mirrors. */
  readonly kind: "datasets" | "models";
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
  /** Folders that were looked in. */
  readonly looked: readonly string[];
  /** Files of that name whose hash is wrong. */
  readonly damaged: readonly string[];
}

/**
 * Looks for a file in Keras's cache and in the mirrors that are folders, without the network. A file whose
 * hash is wrong is not taken.
 */
export async function findKerasFile(file: KerasFile, places: KerasPlaces = {}): Promise<FoundKerasFile> {
  const looked: string[] = [];
  const damaged: string[] = [];
  const names = [file.name, ...(file.otherNames ?? [])];
  const mirrors = mirrorList(places).filter((mirror) => !isAddress(mirror));
  for (const folder of [
    path.join(kerasHome(places), file.kind),
    ...mirrors.flatMap((mirror) => [path.join(mirror, file.kind), mirror]),
  ]) {
    looked.push(folder);
    for (const name of names) {
      const candidate = path.join(folder, name);
      if (!(await isFile(candidate))) continue;
      if (await hasHash(candidate, file.hash, places.signal)) return { path: candidate, looked, damaged };
      damaged.push(candidate);
    }
  }
  return { looked, damaged };
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
  if (hash === undefined) return true;
  const digest = createHash(hash.length === 32 ? "md5" : "sha256");
  try {
    await pipeline(createReadStream(file), digest, ...(signal ? [{ signal }] : []));
  } catch (error) {
    signal?.throwIfAborted();
    throw new UserError(
      "unreadable-file",
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
      {
        cause: error,
      },
    );
  }
  return digest.digest("hex") === hash.toLowerCase();
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
