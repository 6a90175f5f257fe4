import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import type { DataContext } from "../context.ts";
import { PickledArray, readPickle, type Pickled } from "../formats/pickle.ts";
import { isAddress, kerasHome, mirrorList } from "../keras-files.ts";

// What CIFAR-10 and CIFAR-100 share: images of 32 × 32 in three planes, in pickles, in an archive that Keras unpacks.

export const SIDE = 32;
const PLANE = SIDE * SIDE;
export const IMAGE_BYTES = 3 * PLANE;

/** Images as the archives have them: a label and three planes (red, green, blue) each. */
export interface Batch {
  readonly labels: ArrayLike<number>;
  readonly planes: Uint8Array;
}

/**
 * A batch of Python's archive.
 *
 * @param labels the key of the labels: `labels`, `fine_labels`
 * @throws Error saying what is wrong with it.
 */
export function readPythonBatch(bytes: Uint8Array, labels: string, classes: number, dataset: string): Batch {
  const batch = dictionary(readPickle(bytes));
  const planes = batch?.get("data");
  const own = batch?.get(labels);
  if (!(planes instanceof PickledArray) || !Array.isArray(own))
    throw new Error(`it is no batch of ${dataset}`);
  return checkBatch({ labels: own.map(Number), planes: planes.values }, classes, dataset);
}

export function dictionary(pickled: Pickled): ReadonlyMap<string, Pickled> | undefined {
  return pickled instanceof Map ? (pickled as ReadonlyMap<string, Pickled>) : undefined;
}

/** @throws Error where rows are missing, or labels are none of the classes. */
export function checkBatch(batch: Batch, classes: number, dataset: string): Batch {
  const { labels, planes } = batch;
  if (planes.length !== labels.length * IMAGE_BYTES || labels.length === 0)
    throw new Error("a batch is cut short");
  for (let row = 0; row < labels.length; row++)
    if (!(labels[row]! >= 0 && labels[row]! < classes))
      throw new Error(`a batch has labels that are no classes of ${dataset}`);
  return batch;
}

/** The first rows of the batches, planes turned into channels last. */
export function interleave(
  batches: readonly Batch[],
  rows: number,
): { labels: Uint8Array; pixels: Uint8Array } {
  const labels = new Uint8Array(rows);
  const pixels = new Uint8Array(rows * IMAGE_BYTES);
  let row = 0;
  for (const { labels: own, planes } of batches)
    for (let index = 0; index < own.length && row < rows; index++, row++) {
      labels[row] = own[index]!;
      for (let channel = 0; channel < 3; channel++)
        for (let pixel = 0; pixel < PLANE; pixel++)
          pixels[row * IMAGE_BYTES + pixel * 3 + channel] =
            planes[index * IMAGE_BYTES + channel * PLANE + pixel]!;
    }
  if (row < rows) throw new Error(`it has ${row} images where ${rows} are needed`);
  return { labels, pixels };
}

/** Files by name, wherever they come from. */
export interface Files {
  /** What a message calls it. */
  readonly path: string;
  read(names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

/**
 * The archive as Keras or a person unpacked it, in Keras's cache or in a mirror that is a folder.
 *
 * @param inside folders in `datasets/`
 * @param probe a file that is in them
 */
export async function findUnpacked(
  inside: readonly string[],
  probe: string,
  context: DataContext,
): Promise<Files | undefined> {
  const places = [kerasHome(context), ...mirrorList(context).filter((mirror) => !isAddress(mirror))];
  for (const place of places)
    for (const one of inside) {
      const folder = path.join(place, "datasets", one);
      if (!(await exists(path.join(folder, probe)))) continue;
      return {
        path: folder,
        read: async (names) =>
          new Map(
            await Promise.all(
              names.map(async (name) => [name, await readFile(path.join(folder, name))] as const),
            ),
          ),
      };
    }
  return undefined;
}

/** What reading a source comes to, with the source's path in the message of a failure. */
export async function reading<Result>(
  source: string,
  dataset: string,
  signal: AbortSignal | undefined,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw new UserError(
      "damaged-file",
      `${source} cannot be read: ${(error as Error).message}. Delete it, and ${dataset} will be downloaded again.`,
      { cause: error },
    );
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
