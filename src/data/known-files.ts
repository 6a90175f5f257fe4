import { appendFile, readFile, utimes } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { fingerprint } from "./fingerprint.ts";
import { makeFolder } from "./make-folder.ts";
import { writeWhole } from "./write-whole.ts";

/** What was found out about a large image file. */
export interface FileFacts {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Of both its ends. */
  readonly print: string;
  /** Of all its bytes. */
  readonly digest: string;
}

/** A file as `fstat` with big integers has it. */
export interface FileStatus {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** Changes whenever somebody touches the file, as far as Git would notice too. */
export function lookOf({ dev, ino, size, mtimeNs, ctimeNs }: FileStatus): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** By paths from the root. */
type Found = Map<string, { readonly look: string; readonly facts: FileFacts }>;

/** A file that was written just now may be written again within one tick of the disk's clock. */
const SETTLED_MS = 2_000;
const SAVED_AFTER_MS = 1_000;
/** So many lines that something else stands for by now are no matter. */
const SUPERSEDED = 1_000;

/**
 * What is known of the large images of one folder, kept in KSpec's cache: gigabytes of photographs are read once for their digests,
 * and not at the beginning of each fit. A file whose look is another is not known. Lines are added at the end, so that
 * several processes can; one that was cut short is passed over.
 */
export class KnownFiles {
  readonly #root: string;
  readonly #place: string;
  readonly #found: Found;
  #unsaved: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  private constructor(root: string, place: string, found: Found) {
    this.#root = root;
    this.#place = place;
    this.#found = found;
  }

  /** @param root The images' folder: paths are kept from there. A cache that cannot be read knows nothing. */
  static async of(root: string): Promise<KnownFiles> {
    const place = path.join(cacheFolder(), "digests", `${fingerprint(root)}.jsonl`);
    const found: Found = new Map();
    const lines = (await readFile(place, "utf8").catch(() => "")).split("\n");
    for (const line of lines) {
      const read = readLine(line);
      if (read) found.set(...read);
    }
    const known = new KnownFiles(root, place, found);
    if (lines.length > 2 * found.size + SUPERSEDED) await known.#rewrite();
    // What is used stays: what was not for a month goes (`dropUnused`).
    else if (found.size > 0) await utimes(place, new Date(), new Date()).catch(() => undefined);
    return known;
  }

  find(file: string, look: string): FileFacts | undefined {
    const known = this.#found.get(path.relative(this.#root, file));
    return known?.look === look ? known.facts : undefined;
  }

  /** Keeps what was found out, on disk within a second. */
  learn(file: string, status: FileStatus, facts: FileFacts): void {
    if (Date.now() - Number(status.ctimeNs / 1_000_000n) < SETTLED_MS) return;
    const name = path.relative(this.#root, file);
    const look = lookOf(status);
    this.#found.set(name, { look, facts });
    this.#unsaved.push(writeLine(name, look, facts));
    this.#timer ??= setTimeout(() => void this.#save(), SAVED_AFTER_MS);
  }

  /** Only a matter of time: a cache that cannot be written is no failure. */
  async #save(): Promise<void> {
    this.#timer = undefined;
    const lines = this.#unsaved.splice(0).join("");
    await makeFolder(path.dirname(this.#place))
      .then(() => appendFile(this.#place, lines))
      .catch(() => undefined);
  }

  async #rewrite(): Promise<void> {
    const lines = [...this.#found].map(([name, { look, facts }]) => writeLine(name, look, facts));
    await writeWhole(this.#place, lines.join("")).catch(() => undefined);
  }
}

function writeLine(
  name: string,
  look: string,
  { height, width, channels, print, digest }: FileFacts,
): string {
  return `${JSON.stringify([name, look, height, width, channels, print, digest])}\n`;
}

function readLine(line: string): [string, { look: string; facts: FileFacts }] | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(read)) return undefined;
  const [name, look, height, width, channels, print, digest] = read as unknown[];
  const right =
    [name, look, print].every((text) => typeof text === "string") &&
    [height, width].every((size) => Number.isInteger(size) && (size as number) > 0) &&
    (channels === 1 || channels === 3) &&
    typeof digest === "string" &&
    /^[0-9a-f]{32}$/.test(digest);
  return right
    ? [
        name as string,
        { look: look as string, facts: { height, width, channels, print, digest } as FileFacts },
      ]
    : undefined;
}
