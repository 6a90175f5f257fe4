import { readFile } from "node:fs/promises";
import { UserError } from "../../protocol/index.ts";
import type { SubsetOptions } from "../../kspec/description.ts";
import type { DataContext } from "../context.ts";
import { fetchKerasFile, type FetchOptions } from "../fetch-file.ts";
import { fingerprint } from "../fingerprint.ts";
import { readNpz, type ByteArray } from "../formats/npz.ts";
import type { KerasFile } from "../keras-files.ts";
import type { Dataset } from "../table.ts";
import { labelledImages, subsetSize } from "./labelled-images.ts";

/** Keras's file (`keras.datasets.mnist`). */
export const MNIST: KerasFile = {
  kind: "datasets",
  name: "mnist.npz",
  url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
  hash: "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
};

const LEVELS = Array.from({ length: 10 }, (_, digit) => String(digit));

/** `datasets.mnist()`: 60,000 training and 10,000 test digits, grey, 28 × 28, in the archive's order. Columns `image`, `label`. */
export async function readMnist(
  options: SubsetOptions,
  context: DataContext & FetchOptions,
  file: KerasFile = MNIST,
): Promise<Dataset> {
  const archive = await fetchKerasFile(file, context);
  let arrays: Map<string, ByteArray>;
  try {
    arrays = readNpz(await readFile(archive), ["x_train", "y_train", "x_test", "y_test"]);
  } catch (error) {
    throw new UserError(
      "damaged-file",
      `${archive} cannot be read: ${(error as Error).message}. Delete it, and it will be downloaded again.`,
      { cause: error },
    );
  }
  const rowsOf = (set: "train" | "test") => {
    const { shape, values } = arrays.get(`x_${set}`)!;
    const [available = 0, height = 0, width = 0] = shape;
    const rows = subsetSize("mnist", set, options, available);
    return {
      id: `mnist/${set}`,
      height,
      width,
      channels: 1 as const,
      pixels: values.subarray(0, rows * height * width),
      labels: arrays.get(`y_${set}`)!.values.subarray(0, rows),
    };
  };
  const train = rowsOf("train");
  const test = rowsOf("test");
  return {
    name: "MNIST",
    train: labelledImages(train, LEVELS),
    ...(test.labels.length > 0 ? { test: labelledImages(test, LEVELS) } : {}),
    fingerprint: fingerprint("mnist", train.labels, train.pixels, test.labels, test.pixels),
    notes: [],
  };
}
