import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import type { SubsetOptions } from "../../kspec/description.ts";
import type { DataContext } from "../context.ts";
import { fetchKerasFile, type FetchOptions } from "../fetch-file.ts";
import { fingerprint } from "../fingerprint.ts";
import { readArchive } from "../formats/archive.ts";
import { PickledArray, readPickle } from "../formats/pickle.ts";
import { findKerasFile, isAddress, kerasHome, mirrorList, type KerasFile } from "../keras-files.ts";
import type { Dataset } from "../table.ts";
import { labelledImages, subsetSize } from "./labelled-images.ts";

/** Keras's file (`keras.datasets.cifar10`). Keras 3 keeps the archive and the unpacked folder under these names. */
export const CIFAR10: KerasFile = {
  kind: "datasets",
  name: "cifar-10-batches-py-target_archive",
  otherNames: ["cifar-10-batches-py-target.tar.gz", "cifar-10-batches-py.tar.gz", "cifar-10-python.tar.gz"],
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
  hash: "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
};

/** The same images in records of bytes. */
export const CIFAR10_BINARY: KerasFile = {
  kind: "datasets",
  name: "cifar-10-binary.tar.gz",
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  hash: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
};

const LEVELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const SIDE = 32;
const PLANE = SIDE * SIDE;
const SIZE = 3 * PLANE;
const IN_BATCH = 10_000;

/** Batches as the archive has them: a label and three planes (red, green, blue) an image. */
interface Batch {
  readonly labels: ArrayLike<number>;
  readonly planes: Uint8Array;
}

/** Where batches come from. */
interface Source {
  /** How a message calls it. */
  readonly path: string;
  /** Reads batches by their names in Python's archive: `data_batch_1`, `test_batch`. */
  read(names: readonly string[]): Promise<Batch[]>;
}

/**
 * `datasets.cifar10()`: 50,000 training and 10,000 test images in colour, 32 × 32, ten classes, in the archive's order. Columns
 * `image`, `label`. Read from Keras's unpacked folder, from its archive, or from the binary archive, whichever is
 * there; only the batches that are needed.
 */
export async function readCifar10(
  options: SubsetOptions,
  context: DataContext & FetchOptions,
  files = { python: CIFAR10, binary: CIFAR10_BINARY },
): Promise<Dataset> {
  const train = subsetSize("cifar10", "train", options, 5 * IN_BATCH);
  const test = subsetSize("cifar10", "test", options, IN_BATCH);
  const source = await findSource(files, context);
  const trainNames = Array.from(
    { length: Math.ceil(train / IN_BATCH) },
    (_, index) => `data_batch_${index + 1}`,
  );
  const names = test > 0 ? [...trainNames, "test_batch"] : trainNames;
  const table = (set: "train" | "test", parts: readonly Batch[], rows: number) =>
    labelledImages(
      { id: `cifar10/${set}`, height: SIDE, width: SIDE, channels: 3, ...interleave(parts, rows) },
      LEVELS,
    );
  try {
    const batches = await source.read(names);
    return {
      name: "CIFAR-10",
      train: table("train", batches.slice(0, trainNames.length), train),
      ...(test > 0 ? { test: table("test", batches.slice(trainNames.length), test) } : {}),
      fingerprint: fingerprint("cifar10", { train, test }),
      notes: [],
    };
  } catch (error) {
    context.signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw new UserError(
      "damaged-file",
      `${source.path} cannot be read: ${(error as Error).message}. Delete it, and CIFAR-10 will be downloaded again.`,
      { cause: error },
    );
  }
}

async function findSource(
  files: { readonly python: KerasFile; readonly binary: KerasFile },
  context: DataContext & FetchOptions,
): Promise<Source> {
  const unpacked = await findUnpacked(context);
  if (unpacked) return unpacked;
  const python = await findKerasFile(files.python, context);
  if (python.path === undefined) {
    const binary = await findKerasFile(files.binary, context);
    if (binary.path !== undefined) return binaryArchive(binary.path, context.signal);
  }
  return pythonArchive(python.path ?? (await fetchKerasFile(files.python, context)), context.signal);
}

/** Python's and the binary archive's folders as Keras or a person unpacked them. */
async function findUnpacked(context: DataContext): Promise<Source | undefined> {
  const places = [kerasHome(context), ...mirrorList(context).filter((mirror) => !isAddress(mirror))];
  for (const place of places)
    for (const [inside, batch, decode] of [
      ["cifar-10-batches-py-target/cifar-10-batches-py", (name: string) => name, readPythonBatch],
      ["cifar-10-batches-py", (name: string) => name, readPythonBatch],
      ["cifar-10-batches-bin", (name: string) => `${name}.bin`, readBinaryBatch],
    ] as const) {
      const folder = path.join(place, "datasets", inside);
      if (await exists(path.join(folder, batch("data_batch_1"))))
        return {
          path: folder,
          read: (names) =>
            Promise.all(names.map(async (name) => decode(await readFile(path.join(folder, batch(name)))))),
        };
    }
  return undefined;
}

function pythonArchive(archive: string, signal: AbortSignal | undefined): Source {
  return {
    path: archive,
    async read(names) {
      const files = await readArchive(archive, names, signal);
      return names.map((name) => readPythonBatch(files.get(name)!));
    },
  };
}

function binaryArchive(archive: string, signal: AbortSignal | undefined): Source {
  return {
    path: archive,
    async read(names) {
      const files = await readArchive(
        archive,
        names.map((name) => `${name}.bin`),
        signal,
      );
      return names.map((name) => readBinaryBatch(files.get(`${name}.bin`)!));
    },
  };
}

function readPythonBatch(bytes: Uint8Array): Batch {
  const batch = readPickle(bytes);
  const data = batch instanceof Map ? batch.get("data") : undefined;
  const labels = batch instanceof Map ? batch.get("labels") : undefined;
  if (!(data instanceof PickledArray) || !Array.isArray(labels))
    throw new Error("it is no batch of CIFAR-10");
  return checkBatch({ labels: labels.map(Number), planes: data.values });
}

/** Records of one byte for the class and 3,072 for the pixels. */
function readBinaryBatch(bytes: Uint8Array): Batch {
  const record = 1 + SIZE;
  const rows = Math.floor(bytes.length / record);
  const labels = new Uint8Array(rows);
  const planes = new Uint8Array(rows * SIZE);
  for (let row = 0; row < rows; row++) {
    labels[row] = bytes[row * record]!;
    planes.set(bytes.subarray(row * record + 1, (row + 1) * record), row * SIZE);
  }
  return checkBatch({ labels, planes });
}

function checkBatch(batch: Batch): Batch {
  const { labels, planes } = batch;
  if (planes.length !== labels.length * SIZE || labels.length === 0) throw new Error("a batch is cut short");
  if (Array.from(labels).some((label) => !(label >= 0 && label < LEVELS.length)))
    throw new Error("a batch has labels that are no classes of CIFAR-10");
  return batch;
}

/** The first rows of the batches, planes turned into channels last. */
function interleave(batches: readonly Batch[], rows: number): { labels: Uint8Array; pixels: Uint8Array } {
  const labels = new Uint8Array(rows);
  const pixels = new Uint8Array(rows * SIZE);
  let row = 0;
  for (const { labels: own, planes } of batches)
    for (let index = 0; index < own.length && row < rows; index++, row++) {
      labels[row] = own[index]!;
      for (let channel = 0; channel < 3; channel++)
        for (let pixel = 0; pixel < PLANE; pixel++)
          pixels[row * SIZE + pixel * 3 + channel] = planes[index * SIZE + channel * PLANE + pixel]!;
    }
  if (row < rows) throw new Error(`it has ${row} images where ${rows} are needed`);
  return { labels, pixels };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
