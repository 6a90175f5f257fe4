import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeWhole } from "../../data/write-whole.ts";

/** What a shelf's features are of, for people; nothing is computed from it. */
export interface About {
  /** "resnet50 for 32×32×3, 2048 values". */
  readonly about: string;
  /** float32 values of an entry. */
  readonly length: number;
}

/** null when it is not there or spoilt. */
export async function readAbout(shelf: string): Promise<About | null> {
  try {
    const { about, length } = JSON.parse(await readFile(path.join(shelf, FILE), "utf8")) as Partial<About>;
    return typeof about === "string" && typeof length === "number" ? { about, length } : null;
  } catch {
    return null;
  }
}

export async function writeAbout(shelf: string, about: About): Promise<void> {
  if ((await readAbout(shelf)) === null)
    await writeWhole(path.join(shelf, FILE), JSON.stringify(about) + "\n");
}

const FILE = "about.json";
