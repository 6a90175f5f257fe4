/**
 * `npm run mirror -- DIR`: a mirror for KSPEC_MIRROR or the setting kspec.mirrors whose files have Keras's names and forms, with
 * contents that can be made without a network: CIFAR-10's archive of the images in KSPEC_TEST_ASSETS (made images where there are none),
 * and weights by formula. With it `examples/resnet_transfer.kspec.ts` runs as it is; what it learns means nothing.
 *
 *   --weights NAMES   applications, with commas between them (default: resnet50), without their tops
 *   --images N        images in each of CIFAR-10's batches (default: 10000, as in the published archive; 0: no archive)
 *   --top             weights with their tops, for `kspec classify`, and a list of classes
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleEngine } from "./bundle-engine.mjs";

const root = path.join(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    weights: { type: "string", default: "resnet50" },
    images: { type: "string", default: "10000" },
    top: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
const inBatch = Number(values.images);
if (folder === undefined || positionals.length > 1 || !Number.isInteger(inBatch) || inBatch < 0) {
  console.error("npm run mirror -- DIR [--weights NAME,NAME] [--images N] [--top]");
  process.exit(2);
}

const { makeMirror } = await bundleEngine('export { makeMirror } from "./test/mirror/make-mirror.ts";');
await makeMirror({
  folder: path.resolve(folder),
  root,
  assets: path.resolve(root, process.env.KSPEC_TEST_ASSETS ?? "../shared/assets"),
  weights: values.weights
    .split(",")
    .filter((name) => name !== "")
    .map((name) => ({ from: "application", name, options: { includeTop: values.top } })),
  inBatch,
  say: (line) => console.log(line),
});
console.log(`Use it: KSPEC_MIRROR=${folder} KERAS_HOME=… kspec fit examples/resnet_transfer.kspec.ts`);
