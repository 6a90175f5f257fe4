import type { SubsetOptions } from "../../kspec/description.ts";
import type { DataContext } from "../context.ts";
import { fetchCheckedFile, type FetchOptions } from "../fetch-file.ts";
import { fingerprint } from "../fingerprint.ts";
import { findKerasFile, type KerasFile } from "../keras-files.ts";
import type { Dataset } from "../table.ts";
import { readUnpacked } from "../unpacked-archive.ts";
import {
  checkBatch,
  findUnpacked,
  IMAGE_BYTES,
  interleave,
  reading,
  readPythonBatch,
  SIDE,
  type Batch,
} from "./cifar-images.ts";
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

const NAME = "CIFAR-10";
const LEVELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const IN_BATCH = 10_000;

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
  return reading(source.path, NAME, context.signal, async () => {
    const batches = await source.read(names);
    const own = interleave(batches.slice(0, trainNames.length), train);
    const others = interleave(batches.slice(trainNames.length), test);
    const size = { height: SIDE, width: SIDE, channels: 3 } as const;
    return {
      name: NAME,
      train: labelledImages({ id: "cifar10/train", ...size, ...own }, LEVELS),
      ...(test > 0 ? { test: labelledImages({ id: "cifar10/test", ...size, ...others }, LEVELS) } : {}),
      fingerprint: fingerprint("cifar10", own.labels, own.pixels, others.labels, others.pixels),
      notes: [],
    };
  });
}

async function findSource(
  files: { readonly python: KerasFile; readonly binary: KerasFile },
  context: DataContext & FetchOptions,
): Promise<Source> {
  const unpacked = await unpackedFolder(context);
  if (unpacked) return unpacked;
  const python = await findKerasFile(files.python, context);
  if (python.path === undefined) {
    const binary = await findKerasFile(files.binary, context);
    if (binary.path !== undefined) return archive(binary.path, binary.hash, BINARY, context);
    const fetched = await fetchCheckedFile(files.python, context);
    return archive(fetched.path, fetched.hash, PYTHON, context);
  }
  return archive(python.path, python.hash, PYTHON, context);
}

/** How batches are written. */
interface Form {
  file(batch: string): string;
  decode(bytes: Uint8Array): Batch;
}

const PYTHON: Form = {
  file: (batch) => batch,
  decode: (bytes) => readPythonBatch(bytes, "labels", LEVELS.length, NAME),
};
/** Records of one byte for the class and 3,072 for the pixels. */
const BINARY: Form = {
  file: (batch) => `${batch}.bin`,
  decode(bytes) {
    const record = 1 + IMAGE_BYTES;
    const rows = Math.floor(bytes.length / record);
    const labels = new Uint8Array(rows);
    const planes = new Uint8Array(rows * IMAGE_BYTES);
    for (let row = 0; row < rows; row++) {
      labels[row] = bytes[row * record]!;
      planes.set(bytes.subarray(row * record + 1, (row + 1) * record), row * IMAGE_BYTES);
    }
    return checkBatch({ labels, planes }, LEVELS.length, NAME);
  },
};

/** Python's and the binary archive's folders as Keras or a person unpacked them. */
async function unpackedFolder(context: DataContext): Promise<Source | undefined> {
  for (const [form, folders] of [
    [PYTHON, ["cifar-10-batches-py-target/cifar-10-batches-py", "cifar-10-batches-py"]],
    [BINARY, ["cifar-10-batches-bin"]],
  ] as const) {
    const files = await findUnpacked(folders, form.file("data_batch_1"), context);
    if (files) return decoded(files.path, form, (names) => files.read(names));
  }
  return undefined;
}

function archive(file: string, hash: string | undefined, form: Form, context: DataContext): Source {
  return decoded(file, form, (names) => readUnpacked(file, hash, names, context));
}

function decoded(
  path: string,
  form: Form,
  read: (names: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>,
): Source {
  return {
    path,
    async read(names) {
      const files = await read(names.map((name) => form.file(name)));
      return names.map((name) => form.decode(files.get(form.file(name))!));
    },
  };
}
