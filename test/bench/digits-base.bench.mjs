/**
 * What the base that comes with KSpec is worth: the embedded example's job (500 images of 5–9, 1,000 for test, 5
 * epochs, frozen base, flatten, dense softmax) with the base, with the same layers at random, and on the pixels
 * themselves; test accuracy of five seeds each.
 */
import path from "node:path";
import { bundleEngine } from "../../scripts/bundle-engine.mjs";

const SEEDS = [1, 2, 3, 4, 5];
const home = path.join(import.meta.dirname, "../..");

const kspec = await bundleEngine(`
  export { fitModel } from "./src/engine/index.ts";
  export { loadDataset, prepRecipe, bakeTable } from "./src/data/index.ts";
  export { computeMetrics } from "./src/metrics/index.ts";
  export * from "./src/kspec/index.ts";
`);
const { layers, inp_spec } = kspec;

const input = ({ input_shape }) => layers.input({ shape: input_shape });
input.block_arguments = [{ name: "input_shape", type: "array", optional: false }];
const tensorBlock = (fn, ...more) =>
  Object.assign(fn, {
    block_arguments: ["tensor", ...more].map((name) => ({
      name,
      type: name === "tensor" ? "tensor" : "number",
      optional: false,
    })),
  });
const flatten = tensorBlock(({ tensor }) => layers.flatten().apply(tensor));
const output = tensorBlock(
  ({ tensor, num_classes }) => layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
  "num_classes",
);

const bases = {
  "digits base": ({ tensor }) => {
    const base = kspec.load_model("kspec:digits_base");
    base.trainable = false;
    return base.apply(tensor);
  },
  "random base": ({ tensor }) => {
    const frozen = (layer) => Object.assign(layer, { trainable: false });
    let x = tensor;
    for (const [filters, strides] of [
      [24, 1],
      [24, 2],
      [48, 1],
      [48, 2],
      [64, 1],
      [64, 2],
    ]) {
      const options = {
        filters,
        strides,
        kernelSize: 3,
        padding: "same",
        useBias: false,
        kernelInitializer: "heNormal",
      };
      x = frozen(layers.conv2d(options)).apply(x);
      x = layers.reLU().apply(frozen(layers.batchNormalization()).apply(x));
    }
    return x;
  },
  "raw pixels": null,
};

function modelWith(base) {
  const spec = kspec.create_keras_functional_spec({
    model_name: "digits_transfer",
    layer_blocks: {
      input,
      ...(base ? { base: inp_spec(tensorBlock(base), "input") } : {}),
      flatten: inp_spec(flatten, base ? "base" : "input"),
      output: inp_spec(output, "flatten"),
    },
    mode: "classification",
  });
  return spec({ fit_epochs: 5, fit_validation_split: 0.2 });
}

const data = await kspec.loadDataset(
  kspec.datasets.digits({ classes: [5, 6, 7, 8, 9], train: 500, test: 1000 }),
  { specFolder: home },
);
const prepped = await kspec.prepRecipe(
  kspec.recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  data.train,
);
const train = await kspec.bakeTable(prepped, data.train, { outcomes: true });
const test = await kspec.bakeTable(prepped, data.test, { outcomes: true });
const quiet = { phase() {}, progress() {}, built() {}, epochEnd: () => Promise.resolve(), note() {} };

let backend;
const rows = [];
for (const [name, base] of Object.entries(bases)) {
  const accuracies = [];
  const started = Date.now();
  for (const seed of SEEDS) {
    const { model } = await kspec.fitModel({ model: modelWith(base), train, seed, specFolder: home }, quiet);
    const prediction = (await model.predict(test)).get("label");
    const [row] = kspec.computeMetrics(
      ["accuracy"],
      "classification",
      test.outcomes.get("label"),
      prediction,
    );
    accuracies.push(row[".estimate"]);
    backend = model.backend.name;
    model.dispose();
  }
  rows.push({ name, accuracies, seconds: (Date.now() - started) / 1000 / SEEDS.length });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(
  `| features (${backend}) | test accuracy, median | ${SEEDS.map((seed) => `seed ${seed}`).join(" | ")} | seconds a fit |`,
);
console.log(`|---|---|${SEEDS.map(() => "---|").join("")}---|`);
for (const { name, accuracies, seconds } of rows)
  console.log(
    `| ${name} | ${median(accuracies).toFixed(3)} | ${accuracies.map((a) => a.toFixed(3)).join(" | ")} | ${seconds.toFixed(1)} |`,
  );
process.exit(0);
