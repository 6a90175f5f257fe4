import type {
  Cifar100Options,
  CsvOptions,
  DatasetDescription,
  DigitsOptions,
  ImageFolderOptions,
  SubsetOptions,
} from "./description.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

/** Rows to train and test on: what `datasets.*` gives. Nothing is read before a fit. */
export type Dataset = DatasetDescription;

export interface Datasets {
  /**
   * 10,000 handwritten digits of MNIST that come with KSpec, classes interleaved: columns `image` (28 × 28 × 1,
   * 0–255) and `label` ("0" … "9"). Training rows are the first, test rows the last, and
   * none is in both. Without `test` a fifth of the rows is for test.
   *
   * ```ts
   * datasets.digits({ classes: [5, 6, 7, 8, 9], train: 500, test: 1000 })
   * ```
   */
  digits(options?: DigitsOptions): Dataset;
  /** MNIST, Keras's file: 60,000 and 10,000 images of 28 × 28 × 1; columns `image` and `label`. */
  mnist(options?: SubsetOptions): Dataset;
  /** Fashion-MNIST, Keras's files: 60,000 and 10,000 pictures of clothes, 28 × 28 × 1; columns `image` and `label` ("T-shirt/top" …). */
  fashion_mnist(options?: SubsetOptions): Dataset;
  /** CIFAR-10, Keras's file: 50,000 and 10,000 images of 32 × 32 × 3; columns `image` and `label`. */
  cifar10(options?: SubsetOptions): Dataset;
  /**
   * CIFAR-100, Keras's file: 50,000 and 10,000 images of 32 × 32 × 3; columns `image` and `label`: 100 classes, or 20 groups
   * of five.
   *
   * ```ts
   * datasets.cifar100({ labels: "coarse", train: 5000, test: 1000 })
   * ```
   */
  cifar100(options?: Cifar100Options): Dataset;
  /**
   * Your own images: a folder with one folder a class, or with `train`, `test` (and `validation`) folders of
   * class folders. Columns `image` and `label`; png, jpeg and webp.
   *
   * ```ts
   * datasets.image_folder("photos", { test: 0.25, seed: 1 })
   * ```
   *
   * @param path Relative paths start at the spec's folder.
   */
  image_folder(path: string, options?: ImageFolderOptions): Dataset;
  /**
   * A CSV file with a header: a column of numbers is numeric, any other is a class column.
   *
   * ```ts
   * datasets.csv("penguins.csv", { test: 0.2 })
   * ```
   *
   * @param path Relative paths start at the spec's folder.
   */
  csv(path: string, options?: CsvOptions): Dataset;
}

const subset: KnownOptions<SubsetOptions> = { train: "optional", test: "optional" };
const digits: KnownOptions<DigitsOptions> = { ...subset, classes: "optional" };
const cifar100: KnownOptions<Cifar100Options> = { ...subset, labels: "optional" };
const split = { train: "optional", test: "optional", validation: "optional", seed: "optional" } as const;
const imageFolder: KnownOptions<ImageFolderOptions> = { ...split, broken: "optional" };
const csv: KnownOptions<CsvOptions> = {
  ...split,
  delimiter: "optional",
  na: "optional",
  nominal: "optional",
};

/** Data to fit on. */
export const datasets: Datasets = Object.freeze<Datasets>({
  digits: (options) => dataset({ name: "digits", options: readOptions("datasets.digits", digits, options) }),
  mnist: (options) => dataset({ name: "mnist", options: readOptions("datasets.mnist", subset, options) }),
  fashion_mnist: (options) =>
    dataset({ name: "fashion_mnist", options: readOptions("datasets.fashion_mnist", subset, options) }),
  cifar10: (options) =>
    dataset({ name: "cifar10", options: readOptions("datasets.cifar10", subset, options) }),
  cifar100: (options) =>
    dataset({ name: "cifar100", options: readOptions("datasets.cifar100", cifar100, options) }),
  image_folder: (path, options) =>
    dataset({
      name: "image_folder",
      path: pathOf("image_folder", path, "folder"),
      options: readOptions("datasets.image_folder", imageFolder, options),
    }),
  csv: (path, options) =>
    dataset({
      name: "csv",
      path: pathOf("csv", path, "file"),
      options: readOptions("datasets.csv", csv, options),
    }),
});

type WithoutKind<Description> = Description extends unknown ? Omit<Description, "kind"> : never;

function dataset(description: WithoutKind<DatasetDescription>): Dataset {
  return Object.freeze({ kind: "dataset", ...description } as Dataset);
}

function pathOf(name: string, path: unknown, what: string): string {
  if (typeof path === "string" && path !== "") return path;
  throw new SpecError(
    "no-path",
    `datasets.${name}() takes the path of a ${what} first, and got ${named(path)}.`,
  );
}
