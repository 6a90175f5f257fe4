import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "../data/cache-folder.ts";
import { makeFolder } from "../data/make-folder.ts";
import type { WeightsFile, WeightValues } from "../model/network.ts";
import { sizeOf } from "./rows.ts";

/** Weights of a base, and the file that they lie in one after the other. */
export interface KeptWeights {
  readonly weights: ReadonlyMap<string, WeightValues>;
  readonly weightsFile: WeightsFile;
}

/**
 * Weights of a base as a saved model has them, in KSpec's cache: they are read in one piece and only when somebody asks for
 * their values, and a run's folder can have them as a link. Undefined: they are not there, or not whole.
 *
 * @param key 32 hexadecimal digits of what they are read from.
 */
export async function findKeptWeights(key: string): Promise<KeptWeights | undefined> {
  const file = binaryFile(key);
  try {
    const listed = JSON.parse(await readFile(`${file}.json`, "utf8")) as Listed[];
    const bytes = listed.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
    if ((await stat(file)).size !== bytes) return undefined;
    // Whoever looks for room in the cache sees when it was used last.
    const now = new Date();
    await fs.promises.utimes(file, now, now).catch(() => undefined);
    return { weights: lazily(file, listed, bytes), weightsFile: { path: file, digest: key } };
  } catch {
    return undefined;
  }
}

/** Puts weights there; undefined where they cannot be kept, which is no failure. */
export async function keepWeights(
  key: string,
  weights: ReadonlyMap<string, WeightValues>,
): Promise<KeptWeights | undefined> {
  const all = [...weights];
  if (all.length === 0 || all.some(([, { dtype }]) => dtype !== "float32")) return undefined;
  const file = binaryFile(key);
  const part = `${file}.${randomBytes(4).toString("hex")}.part`;
  try {
    await makeFolder(path.dirname(file));
    const handle = await open(part, "wx");
    try {
      for (const [, { values }] of all)
        await handle.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    } finally {
      await handle.close();
    }
    const listed = all.map(([name, { shape }]): Listed => ({ name, shape }));
    await rename(part, file);
    await writeFile(`${part}.json`, JSON.stringify(listed));
    await rename(`${part}.json`, `${file}.json`);
    return { weights, weightsFile: { path: file, digest: key } };
  } catch {
    await rm(part, { force: true }).catch(() => undefined);
    return undefined;
  }
}

interface Listed {
  readonly name: string;
  readonly shape: readonly number[];
}

function binaryFile(key: string): string {
  return path.join(cacheFolder(), "weights", `${key}.bin`);
}

function lazily(file: string, listed: readonly Listed[], bytes: number): ReadonlyMap<string, WeightValues> {
  // Held open, so that a cache that is cleared during a fit takes nothing from it.
  const handle = fs.openSync(file, "r");
  let read: Float32Array | undefined;
  const whole = (): Float32Array => {
    if (read !== undefined) return read;
    const buffer = new Uint8Array(bytes);
    try {
      for (let at = 0; at < bytes;) {
        const count = fs.readSync(handle, buffer, at, bytes - at, at);
        if (count === 0) throw new Error(`${file} was cut short while it was read.`);
        at += count;
      }
    } finally {
      fs.closeSync(handle);
    }
    return (read = new Float32Array(buffer.buffer));
  };
  let offset = 0;
  return new Map(
    listed.map(({ name, shape }): [string, WeightValues] => {
      const from = offset;
      offset += sizeOf(shape);
      const to = offset;
      return [
        name,
        {
          shape,
          dtype: "float32",
          get values() {
            return whole().subarray(from, to);
          },
        },
      ];
    }),
  );
}
