import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { CLASSES, SIDE, type LabelledImages } from "./labelled-images.ts";
import { pickle, PlainArray } from "./pickle.ts";

const PLANE = SIDE * SIDE;

/**
 * Writes CIFAR-10's archive as its publisher does: a `.tar.gz` of six pickled batches. The first training batch begins with the images that
 * are given, in their order; where a batch has more than there are, they begin again.
 *
 * @param inBatch images of each batch: 10,000 in the published archive
 */
export async function writeCifar10Archive(
  file: string,
  train: LabelledImages,
  test: LabelledImages,
  inBatch: number,
): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createGzip({ level: 1 }), createWriteStream(file));
  const add = async (name: string, content: Buffer) => {
    await new Promise<void>((resolve, reject) =>
      tar.entry({ name: `cifar-10-batches-py/${name}`, mtime: EPOCH }, content, (error) =>
        error ? reject(error as Error) : resolve(),
      ),
    );
  };
  const training = (number: number) =>
    add(
      `data_batch_${number}`,
      batch(`training batch ${number} of 5`, train, (number - 1) * inBatch, inBatch),
    );
  // In the order of the published one.
  await training(4);
  await add("test_batch", batch("testing batch 1 of 1", test, 0, inBatch));
  await training(3);
  await add(
    "batches.meta",
    pickle({ num_cases_per_batch: inBatch, label_names: [...CLASSES], num_vis: 3 * PLANE }),
  );
  for (const number of [2, 5, 1]) await training(number);
  tar.finalize();
  await written;
}

/** The same bytes each time. */
const EPOCH = new Date(0);

function batch(batch_label: string, { labels, pixels }: LabelledImages, from: number, rows: number): Buffer {
  const data = new Uint8Array(rows * 3 * PLANE);
  const own: number[] = [];
  for (let row = 0; row < rows; row++) {
    const image = (from + row) % labels.length;
    own.push(labels[image]!);
    planes(pixels[image]!, data.subarray(row * 3 * PLANE, (row + 1) * 3 * PLANE));
  }
  return pickle({ batch_label, labels: own, data: new PlainArray([rows, 3 * PLANE], data) });
}

/** Channels last to planes of red, green and blue. */
function planes(pixels: Uint8Array, into: Uint8Array): void {
  for (let pixel = 0; pixel < PLANE; pixel++)
    for (let channel = 0; channel < 3; channel++)
      into[channel * PLANE + pixel] = pixels[pixel * 3 + channel]!;
}
