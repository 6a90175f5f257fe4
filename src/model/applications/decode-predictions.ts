import { readFile } from "node:fs/promises";
import { UserError } from "../../protocol/index.ts";

/** Keras's list of ImageNet's classes: what its file is called, and where it lies. */
export const CLASS_INDEX_FILE = {
  kind: "models",
  name: "imagenet_class_index.json",
  url: "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
  hash: "c2c37ea517e94d9795004a39431a14cb",
} as const;

/** One class of ImageNet, and how probable it is. */
export interface DecodedPrediction {
  /** WordNet's id: `n02123045`. */
  readonly id: string;
  /** `tabby`. */
  readonly name: string;
  readonly score: number;
}

/**
 * What an application with its top says of each image, in words: the most probable classes, the best first.
 *
 * @param predictions rows × classes, as the network gives them
 * @param classes how many classes a row has: as many as the file lists
 * @param indexFile the path of Keras's class index
 * @param top how many of them. Default 5.
 * @throws UserError when the file is no class index, or is one of another number of classes.
 */
export async function decodePredictions(
  predictions: Float32Array,
  classes: number,
  indexFile: string,
  top = 5,
): Promise<DecodedPrediction[][]> {
  const index = await readClassIndex(indexFile);
  if (index.length !== classes)
    throw new UserError(
      "class-index",
      `The predictions have ${classes} classes, and ${indexFile} lists ${index.length}: only the top of a network with the published weights can be decoded.`,
    );
  return Array.from({ length: predictions.length / classes }, (_, row) => {
    const scores = predictions.subarray(row * classes, (row + 1) * classes);
    return Array.from(scores, (score, i) => ({ ...index[i]!, score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, top);
  });
}

/** `{ "0": ["n01440764", "tench"], … }` as a list. */
async function readClassIndex(file: string): Promise<{ id: string; name: string }[]> {
  let entries: Record<string, unknown>;
  try {
    entries = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
  } catch (error) {
    throw new UserError("class-index", `${file} cannot be read as a list of classes. Download it again.`, {
      cause: error,
    });
  }
  return Array.from({ length: Object.keys(entries).length }, (_, i) => {
    const entry = entries[String(i)];
    if (!Array.isArray(entry) || typeof entry[0] !== "string" || typeof entry[1] !== "string")
      throw new UserError(
        "class-index",
        `${file} is no list of classes: it has no class ${i}. Download it again.`,
      );
    return { id: entry[0], name: entry[1] };
  });
}
