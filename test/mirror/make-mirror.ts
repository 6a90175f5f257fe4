import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { CIFAR10 } from "../../src/data/datasets/cifar10.ts";
import { SUMS_FILE } from "../../src/data/mirror-sums.ts";
import type { ApplicationSource } from "../../src/kspec/description.ts";
import { CLASS_INDEX_FILE } from "../../src/model/applications/decode-predictions.ts";
import { applicationWeights } from "../../src/model/applications/weight-files.ts";
import { writeCifar10Archive } from "./cifar10-archive.ts";
import { assetImages, madeImages } from "./labelled-images.ts";
import { gainOf, weightsFile } from "./weights-file.ts";

export interface MirrorRequest {
  /** Where it is written; made if need be. */
  readonly folder: string;
  /** The project's root, where the parity fixtures are. */
  readonly root: string;
  /** Real images of CIFAR-10, if they are there. */
  readonly assets: string;
  /** Applications whose weights are made. */
  readonly weights: readonly ApplicationSource[];
  /** Images of each of CIFAR-10's batches; 10,000 in the published archive. 0: no archive. */
  readonly inBatch: number;
  readonly say?: (line: string) => void;
}

/**
 * Makes a mirror (a folder laid out like Keras's cache) whose files have Keras's names and forms, but contents that can be made anywhere:
 * CIFAR-10's archive of the images that are there, weights by formula. Its SHA256SUMS stands for them.
 */
export async function makeMirror(request: MirrorRequest): Promise<void> {
  const { folder, root, weights, inBatch, say = () => undefined } = request;
  const files: string[] = [];
  for (const kind of ["datasets", "models"]) mkdirSync(path.join(folder, kind), { recursive: true });

  if (inBatch > 0) files.push(await writeImages(request));
  for (const source of weights) {
    const file = `models/${applicationWeights(source)!.name}`;
    writeFileSync(path.join(folder, file), await weightsFile(source, gainOf(source.name, root)));
    files.push(file);
    say(`${file}: weights by formula`);
  }
  if (weights.some(({ options }) => options["includeTop"] !== false)) {
    const file = `models/${CLASS_INDEX_FILE.name}`;
    writeFileSync(path.join(folder, file), JSON.stringify(madeClasses()));
    files.push(file);
    say(`${file}: made names`);
  }

  const sums: string[] = [];
  for (const file of files) sums.push(`${await sha256(path.join(folder, file))}  ${file}\n`);
  writeFileSync(path.join(folder, SUMS_FILE), sums.join(""));
}

async function writeImages({
  folder,
  assets,
  inBatch,
  say = () => undefined,
}: MirrorRequest): Promise<string> {
  const train = await assetImages(assets, "train");
  const test = await assetImages(assets, "test");
  if (!train || !test) say(`No images of CIFAR-10 are in ${assets}: made ones take their place.`);
  const archive = `datasets/${CIFAR10.name}`;
  await writeCifar10Archive(
    path.join(folder, archive),
    train ?? madeImages(1000, "train"),
    test ?? madeImages(500, "test"),
    inBatch,
  );
  say(
    `${archive}: ${train && test ? `${train.labels.length} + ${test.labels.length} images of CIFAR-10` : "made images"}, ${inBatch} in each batch`,
  );

  return archive;
}

/** As Keras's list of ImageNet's classes is written. */
function madeClasses(): Record<string, [string, string]> {
  return Object.fromEntries(
    Array.from({ length: 1000 }, (_, at) => [at, [`n${String(at).padStart(8, "0")}`, `class_${at}`]]),
  );
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
