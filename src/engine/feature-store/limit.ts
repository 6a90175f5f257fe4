import { readFile, statfs } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../data/make-folder.ts";
import { UserError } from "../../protocol/index.ts";
import { writeWhole } from "../../data/write-whole.ts";

/**
 * How many bytes the store may take: what `KSPEC_CACHE_LIMIT` says, else 20 GB or a tenth of the space that was free
 * when the store was first used, whichever is smaller; that is kept beside the store, so that it does not shrink with the disk.
 */
export async function limitOf(folder: string, given: number | undefined): Promise<number> {
  const said = given ?? (await knownLimit(folder));
  if (said !== undefined) return said;
  try {
    await makeFolder(folder);
    const disk = await statfs(folder);
    const bytes = Math.min(MOST_BYTES, Math.round((disk.bavail * disk.bsize) / 10));
    await writeWhole(path.join(folder, FILE), JSON.stringify({ bytes }) + "\n");
    return bytes;
  } catch {
    return MOST_BYTES;
  }
}

/** The one that was chosen at the first use; undefined before, and where somebody spoilt the file. */
export async function knownLimit(folder: string): Promise<number | undefined> {
  try {
    const { bytes } = JSON.parse(await readFile(path.join(folder, FILE), "utf8")) as { bytes?: unknown };
    return typeof bytes === "number" && bytes > 0 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** What `KSPEC_CACHE_LIMIT` says. @throws UserError `cache-limit` when that is no size. */
export function limitInEnvironment(): number | undefined {
  const given = process.env["KSPEC_CACHE_LIMIT"]?.trim();
  return given ? parseLimit(given) : undefined;
}

/**
 * Bytes in a text such as "5GB", "500 MB", "20 GiB" or "1000000".
 *
 * @throws UserError `cache-limit` when it is none.
 */
export function parseLimit(text: string): number {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kMGT]?i?B?)\s*$/i.exec(text) ?? [];
  const scale = UNITS[unit?.toLowerCase().replace(/b$/, "") ?? "?"];
  if (number === undefined || scale === undefined)
    throw new UserError(
      "cache-limit",
      `The limit of the feature cache, "${text}", is no size. Write one such as "5GB" or "500 MB" in the setting kspec.cache.limit or the variable KSPEC_CACHE_LIMIT; "0" keeps nothing.`,
    );
  return Math.round(Number(number) * scale);
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

const MOST_BYTES = 20e9;
const FILE = "limit.json";
