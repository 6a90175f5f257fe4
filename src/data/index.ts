/** What other rooms may use of the data: datasets, recipes, new data, and files of Keras's. */
import type { DatasetDescription } from "../kspec/description.ts";
import type { DataContext } from "./context.ts";
import { readCifar10 } from "./datasets/cifar10.ts";
import { readCifar100 } from "./datasets/cifar100.ts";
import { readCsv } from "./datasets/csv.ts";
import { readDigits } from "./datasets/digits.ts";
import { readFashionMnist } from "./datasets/fashion-mnist.ts";
import { readImageFolder } from "./datasets/image-folder.ts";
import { readMnist } from "./datasets/mnist.ts";
import { readSplit } from "./datasets/split.ts";
import type { Dataset } from "./table.ts";

/**
 * Reads a dataset into tables of training, validation and test rows. Pixels of images are not read here but when a
 * recipe is baked (`bakeTable`). What the user should know comes back as `notes`, and is told to `onNote`.
 *
 * @throws UserError naming the file or folder and the remedy.
 */
export async function loadDataset(description: DatasetDescription, context: DataContext): Promise<Dataset> {
  context.signal?.throwIfAborted();
  const dataset = await read(description, context);
  for (const note of dataset.notes) context.onNote?.("information", "data", note);
  return dataset;
}

function read(description: DatasetDescription, context: DataContext): Promise<Dataset> {
  switch (description.name) {
    case "digits":
      return readDigits(description.options);
    case "mnist":
      return readMnist(description.options, context);
    case "cifar10":
      return readCifar10(description.options, context);
    case "cifar100":
      return readCifar100(description.options, context);
    case "fashion_mnist":
      return readFashionMnist(description.options, context);
    case "image_folder":
      return readImageFolder(description.path, description.options, context);
    case "split":
      return readSplit(description, (inner) => read(inner, context));
    case "csv":
      return readCsv(description.path, description.options, context);
  }
}

export type { DataContext } from "./context.ts";
export type { Baked, InputColumn, Outcome, PreppedRecipe, StreamedColumn } from "./baked.ts";
export type { Column, Dataset, Image, NominalColumn, Table, TensorColumn } from "./table.ts";
export { prepRecipe } from "./recipe/prep.ts";
export { bakeTable, type BakeOptions } from "./recipe/bake.ts";
export { rowWeightsOf, withoutWeights } from "./row-weights.ts";
export { takeRows } from "./rows.ts";
export { readAll, type ReadingImages } from "./read-all.ts";
export { streamedRows } from "./streamed-rows.ts";
export { tunedStepOptions, withStepOption, type TunedStepOption } from "./recipe/tuned-steps.ts";
export { defaultRecipe } from "./recipe/default-recipe.ts";
export { readNewData, type NewData } from "./new-data.ts";
export { makeResamples, type Resample, type Resamples } from "./resamples/index.ts";
export { fetchKerasFile, type FetchOptions } from "./fetch-file.ts";
export {
  findKerasFile,
  kerasHome,
  type FoundKerasFile,
  type KerasFile,
  type KerasPlaces,
} from "./keras-files.ts";
export { homeFolder } from "./home.ts";
export { encodePng } from "./encode-png.ts";
