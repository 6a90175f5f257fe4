/**
 * Features of 20,000 images from a folder (`kspec features`): read, hashed, decoded, preprocessed, computed, kept in the cache and
 * written to a file, against ResNet50 alone on images that are in memory already. And whether memory stays the same, however many images there are.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { bundleEngine } from "../../../scripts/bundle-engine.mjs";
import { median, printTable } from "../interleaved.mjs";
import { kspec, scratchFolder } from "../kspec-process.mjs";
import { Way } from "./way.mjs";

/** Of the files. */
const SIDE = 32;
/** What they are resized to before the base; KSPEC_SIDE=96 is a size at which this base is of use. */
const AT = Number(process.env.KSPEC_SIDE ?? SIDE);

export const about = `features of a folder of images at ${AT}×${AT}, ResNet50`;

const CLASSES = ["heads", "tails"];

/** @param {{ mirror: string, folder: string, quick: boolean }} surroundings */
export async function run({ mirror, folder, quick }) {
  const few = quick ? 200 : 1000;
  const many = quick ? 1000 : 20_000;
  const rounds = quick ? 1 : 3;
  const scratch = scratchFolder();
  const specs = {};
  for (const count of [few, many]) {
    const images = path.join(folder, `photos-${count}`);
    await makeImages(images, count, mirror);
    specs[count] = path.join(scratch, `photos-${count}.kspec.ts`);
    writeFileSync(specs[count], spec(images));
  }
  const data = path.join(scratch, "images.f32");
  const size = AT * AT * 3;
  writeFileSync(
    data,
    Float32Array.from({ length: 256 * size }, (_, i) => Math.sin(i * i * 0.37) * 120),
  );
  const base = new Way({
    name: "the base",
    command: process.execPath,
    args: [
      path.join(import.meta.dirname, "forward-kspec.mjs"),
      mirror,
      String(AT),
      data,
      path.join(scratch, "base.onnx"),
    ],
  });
  try {
    const { batch } = await base.ready();
    const turn = Math.round((quick ? 512 : 4096) / batch);
    const alone = [];
    const done = { [few]: [], [many]: [] };
    const cache = path.join(scratch, "cache");
    const features = (count) => {
      rmSync(cache, { recursive: true, force: true });
      const out = path.join(scratch, "features.npz");
      return kspec(["features", specs[count], "--out", out, "--seed", "1"], {
        KSPEC_MIRROR: mirror,
        KERAS_HOME: path.join(scratch, "nothing"),
        KSPEC_CACHE: cache,
      });
    };
    await base.ask(turn);
    for (let round = 0; round < rounds; round++) {
      alone.push((await base.ask(turn)).ms);
      done[few].push(features(few));
      alone.push((await base.ask(turn)).ms);
      done[many].push(features(many));
    }
    alone.push((await base.ask(turn)).ms);
    const own = median(alone);
    const middle = (count, what) => median(done[count].map((one) => one[what]));
    const each = ((middle(many, "seconds") - middle(few, "seconds")) / (many - few)) * 1000;
    printTable(
      ["", "s", "ms an image", "share of the base's throughput", "peak MB"],
      [
        [`the base alone, ${batch} images at once, in memory`, "", own.toFixed(2), "1", ""],
        ...[few, many].map((count) => {
          const ms = (middle(count, "seconds") * 1000) / count;
          return [
            `kspec features, ${count.toLocaleString("en-US")} images, whole process`,
            middle(count, "seconds").toFixed(1),
            ms.toFixed(2),
            (own / ms).toFixed(2),
            middle(count, "peakMB").toFixed(0),
          ];
        }),
        ["each image more", "", each.toFixed(2), (own / each).toFixed(2), ""],
      ],
    );
    const memory = middle(many, "peakMB") / middle(few, "peakMB");
    const share = (own * many) / (middle(many, "seconds") * 1000);
    console.log(
      `\nPeak memory with ${many.toLocaleString("en-US")} images: ${memory.toFixed(2)} × that with ${few.toLocaleString("en-US")}.`,
    );
    return [
      ...(share < 0.85
        ? [`${many} images come at ${share.toFixed(2)} of the base's own throughput (goal: 0.85)`]
        : []),
      ...(memory > 1.1 ? [`peak memory grows to ${memory.toFixed(2)} × (goal: 1.1 at most)`] : []),
    ];
  } finally {
    base.close();
  }
}

/** PNG files in class folders: the mirror's CIFAR-10 images, each time with another pixel changed, so that no two files are equal. */
async function makeImages(folder, count, mirror) {
  if (existsSync(folder)) return;
  const { readCifar10 } = await bundleEngine('export { readCifar10 } from "./src/data/datasets/cifar10.ts";');
  const dataset = await readCifar10(
    { train: 1000, test: 1 },
    { specFolder: mirror, keras_home: "/nowhere", mirrors: [mirror], env: {} },
  );
  const { images } = dataset.train.columns.get("image");
  const pixels = await Promise.all(images.map((image) => image.read()));
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  for (const name of CLASSES) mkdirSync(path.join(part, name), { recursive: true });
  for (let i = 0; i < count; i++) {
    const changed = Uint8Array.from(pixels[i % pixels.length]);
    const place = Math.floor(i / pixels.length) * 3;
    changed[place] = (changed[place] + 128) % 256;
    const file = path.join(part, CLASSES[i % 2], `${String(i).padStart(5, "0")}.png`);
    await sharp(changed, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toFile(file);
  }
  renameSync(part, folder);
}

const spec = (images) => `
import {
  applications, create_keras_functional_spec, datasets, inp_spec, layers, recipe, workflow, type Block, type InputBlock,
} from "kspec";

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });

const base_block = ({ tensor }: Block) => {
  const base = applications.resnet50({ weights: "imagenet", includeTop: false });
  base.trainable = false;
  return base.apply(tensor);
};

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(layers.flatten().apply(tensor));

const model = create_keras_functional_spec({
  model_name: "photos",
  layer_blocks: { input: input_block, base: inp_spec(base_block, "input"), output: inp_spec(output_block, "base") },
  mode: "classification",
});

export default workflow({
  data: datasets.image_folder(${JSON.stringify(images)}, { test: 0.2, seed: 1 }),
  recipe: recipe("label ~ image")${AT === SIDE ? "" : `.step_resize("image", { height: ${AT}, width: ${AT} })`}.step_preprocess_input("image", "resnet50"),
  model: model({ fit_epochs: 1 }),
});
`;
