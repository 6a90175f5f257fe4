import { readFile } from "node:fs/promises";
import type { SubsetOptions } from "../../kspec/description.ts";
import type { DataContext } from "../context.ts";
import { fetchCheckedFile, type FetchOptions } from "../fetch-file.ts";
import { fingerprint } from "../fingerprint.ts";
import { readIdx } from "../formats/idx.ts";
import type { KerasFile } from "../keras-files.ts";
import type { Dataset } from "../table.ts";
import { reading } from "./cifar-images.ts";
import { labelledImages, subsetSize } from "./labelled-images.ts";

const NAME = "Fashion-MNIST";
const LEVELS = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** Keras's four files (`keras.datasets.fashion_mnist`), which Keras does not check; the hashes are those of the publisher, Zalando. */
export const FASHION_MNIST = {
  train: {
    images: file("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    labels: file("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
  },
  test: {
    images: file("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
    labels: file("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
  },
};

function file(name: string, hash: string): KerasFile {
  const url = `https://storage.googleapis.com/tensorflow/tf-keras-datasets/${name}`;
  return { kind: "datasets/fashion-mnist", name, url, hash };
}

/**
 * `datasets.fashion_mnist()`: 60,000 training and 10,000 test pictures of clothes, grey, 28 × 28, ten classes, in the archive's order.
 * Columns `image`, `label`.
 */
export async function readFashionMnist(
  options: SubsetOptions,
  context: DataContext & FetchOptions,
  files = FASHION_MNIST,
): Promise<Dataset> {
  const train = await readSet("train", options, context, files);
  const test = await readSet("test", options, context, files);
  const table = (set: "train" | "test", { height, width, labels, pixels }: Pictures) =>
    labelledImages({ id: `fashion_mnist/${set}`, height, width, channels: 1, pixels, labels }, LEVELS);
  return {
    name: NAME,
    train: table("train", train),
    ...(test.labels.length > 0 ? { test: table("test", test) } : {}),
    fingerprint: fingerprint("fashion_mnist", train.labels, train.pixels, test.labels, test.pixels),
    notes: [],
  };
}

interface Pictures {
  readonly height: number;
  readonly width: number;
  readonly labels: Uint8Array;
  readonly pixels: Uint8Array;
}

async function readSet(
  set: "train" | "test",
  options: SubsetOptions,
  context: DataContext & FetchOptions,
  files: typeof FASHION_MNIST,
): Promise<Pictures> {
  const read = async (one: KerasFile, dimensions: number) => {
    const { path } = await fetchCheckedFile(one, context);
    return reading(path, NAME, context.signal, async () => {
      const array = readIdx(await readFile(path));
      if (array.shape.length !== dimensions) throw new Error(`it has ${array.shape.length} dimensions`);
      return { ...array, path };
    });
  };
  const images = await read(files[set].images, 3);
  const labels = await read(files[set].labels, 1);
  const [available = 0, height = 0, width = 0] = images.shape;
  return reading(labels.path, NAME, context.signal, async () => {
    if (labels.shape[0] !== available) throw new Error(`it has not as many labels as there are images`);
    if (labels.values.some((label) => label >= LEVELS.length))
      throw new Error(`it has labels that are no classes of ${NAME}`);
    const rows = subsetSize("fashion_mnist", set, options, available);
    return {
      height,
      width,
      labels: labels.values.subarray(0, rows),
      pixels: images.values.subarray(0, rows * height * width),
    };
  });
}
