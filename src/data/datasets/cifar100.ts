import type { Cifar100Options } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import type { DataContext } from "../context.ts";
import { fetchCheckedFile, type FetchOptions } from "../fetch-file.ts";
import { fingerprint } from "../fingerprint.ts";
import { readPickle } from "../formats/pickle.ts";
import type { KerasFile } from "../keras-files.ts";
import type { Dataset } from "../table.ts";
import { readUnpacked } from "../unpacked-archive.ts";
import {
  dictionary,
  findUnpacked,
  interleave,
  reading,
  readPythonBatch,
  SIDE,
  type Files,
} from "./cifar-images.ts";
import { labelledImages, subsetSize } from "./labelled-images.ts";

/** Keras's file (`keras.datasets.cifar100`). Keras 3 keeps the archive and the unpacked folder under these names. */
export const CIFAR100: KerasFile = {
  kind: "datasets",
  name: "cifar-100-python-target_archive",
  otherNames: ["cifar-100-python-target.tar.gz", "cifar-100-python.tar.gz"],
  url: "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
  hash: "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
};

const NAME = "CIFAR-100";
const UNPACKED = ["cifar-100-python-target/cifar-100-python", "cifar-100-python"];
const ROWS = { train: 50_000, test: 10_000 };
/** Of both kinds of labels: how many classes. */
const CLASSES = { fine: 100, coarse: 20 };

/**
 * `datasets.cifar100()`: 50,000 training and 10,000 test images in colour, 32 × 32, in the archive's order: 100 classes
 * (`labels: "fine"`), or 20 groups of five (`"coarse"`), with the names of the archive's `meta`. Columns `image`, `label`.
 */
export async function readCifar100(
  options: Cifar100Options,
  context: DataContext & FetchOptions,
  file: KerasFile = CIFAR100,
): Promise<Dataset> {
  const { labels = "fine" } = options;
  if (!Object.hasOwn(CLASSES, labels))
    throw new UserError(
      "cifar100-labels",
      `datasets.cifar100: labels is ${JSON.stringify(labels)}. Give "fine" (100 classes) or "coarse" (20).`,
    );
  const train = subsetSize("cifar100", "train", options, ROWS.train);
  const test = subsetSize("cifar100", "test", options, ROWS.test);
  const source = (await findUnpacked(UNPACKED, "train", context)) ?? (await archive(file, context));
  return reading(source.path, NAME, context.signal, async () => {
    const names = test > 0 ? ["train", "test", "meta"] : ["train", "meta"];
    const files = await source.read(names);
    const levels = levelsOf(files.get("meta")!, labels);
    const rows = (set: "train" | "test", count: number) =>
      count === 0
        ? interleave([], 0)
        : interleave([readPythonBatch(files.get(set)!, `${labels}_labels`, levels.length, NAME)], count);
    const own = rows("train", train);
    const others = rows("test", test);
    const size = { height: SIDE, width: SIDE, channels: 3 } as const;
    return {
      name: labels === "fine" ? NAME : `${NAME}, 20 groups`,
      train: labelledImages({ id: "cifar100/train", ...size, ...own }, levels),
      ...(test > 0 ? { test: labelledImages({ id: "cifar100/test", ...size, ...others }, levels) } : {}),
      fingerprint: fingerprint("cifar100", levels, own.labels, own.pixels, others.labels, others.pixels),
      notes: [],
    };
  });
}

async function archive(file: KerasFile, context: DataContext & FetchOptions): Promise<Files> {
  const { path, hash } = await fetchCheckedFile(file, context);
  return { path, read: (names) => readUnpacked(path, hash, names, context) };
}

function levelsOf(meta: Uint8Array, labels: "fine" | "coarse"): string[] {
  const names = dictionary(readPickle(meta))?.get(`${labels}_label_names`);
  if (!Array.isArray(names) || new Set(names).size !== CLASSES[labels])
    throw new Error(`its meta does not name ${CLASSES[labels]} classes`);
  return names.map(String);
}
