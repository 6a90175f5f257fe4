import { createHash } from "node:crypto";
import { readFile, utimes } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "../../data/cache-folder.ts";
import { makeFolder } from "../../data/make-folder.ts";
import { writeWhole } from "../../data/write-whole.ts";
import type { OnnxCase } from "./config.ts";

/** What a model gave when it was tried. */
export interface Cases {
  readonly list: readonly OnnxCase[];
  /** Whether rows are computed independently of each other. */
  readonly each: boolean;
}

/** Of the way in which models are taken over and tried: raised when that changes, so that nothing known is believed. */
const VERSION = 1;

/**
 * What a model gave is kept in the cache folder: trying it takes longer than all else about a base whose features are known.
 *
 * @param about the model, ONNX Runtime's version, and what was asked of it
 * @param tryIt when it is not known
 */
export async function knownOr(about: readonly unknown[], tryIt: () => Promise<Cases>): Promise<Cases> {
  const key = createHash("sha256")
    .update(JSON.stringify([VERSION, ...about]))
    .digest("hex");
  const file = path.join(cacheFolder(), "onnx", `${key.slice(0, 32)}.json`);
  const known = await read(file);
  if (known !== undefined) {
    // It is in use.
    await utimes(file, new Date(), new Date()).catch(() => undefined);
    return known;
  }
  const cases = await tryIt();
  // Only a matter of time: a cache that cannot be written is no failure.
  await write(file, cases).catch(() => undefined);
  return cases;
}

async function read(file: string): Promise<Cases | undefined> {
  try {
    const { list, each } = JSON.parse(await readFile(file, "utf8")) as Partial<Cases>;
    if (!Array.isArray(list) || list.length === 0 || typeof each !== "boolean") return undefined;
    const whole = (list as OnnxCase[]).every(
      ({ inputs, output, values, multiplications }) =>
        [...inputs, output].flat().every(Number.isInteger) && values > 0 && multiplications >= 0,
    );
    return whole ? { list: list as OnnxCase[], each } : undefined;
  } catch {
    return undefined;
  }
}

async function write(file: string, cases: Cases): Promise<void> {
  await makeFolder(path.dirname(file));
  await writeWhole(file, JSON.stringify(cases));
}
