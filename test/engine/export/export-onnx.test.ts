import { beforeAll, describe, expect, it } from "vitest";
import { startTensorFlow, tf, type SymbolicTensor } from "../../../src/engine/tensorflow/index.ts";
import { randomStream } from "../../../src/engine/random.ts";
import {
  all_nominal_predictors,
  all_numeric_predictors,
  all_predictors,
  recipe,
  starts_with,
} from "../../../src/kspec/index.ts";
import { takeRows } from "../../../src/data/rows.ts";
import { failure, image, table } from "../../data/table-tools.ts";
import { stepNamed } from "../../../src/data/recipe/steps/index.ts";
import { checkFile } from "../../../src/engine/export/check-file.ts";
import { exportedSteps } from "../../../src/engine/export/steps/index.ts";
import { ModelProto } from "../../../src/engine/native/onnx/schema.ts";
import { expectSamePredictions, fitted, resultsOf } from "./fitted.ts";

// A fitted model as ONNX: raw columns go in, and what comes out is what `predict` says.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
});

const dense = (units: number, activation?: "softmax" | "sigmoid" | "relu") =>
  tf.layers.dense({ units, ...(activation === undefined ? {} : { activation }) });
const through = (input: SymbolicTensor, ...layers: { apply(input: SymbolicTensor): unknown }[]) =>
  layers.reduce((tensor, layer) => layer.apply(tensor) as SymbolicTensor, input);

const classification = (name: string, classes: number, link: "none" | "softmax" | "sigmoid" = "none") =>
  ({ name, mode: "classification", outcomes: [name], classes, link }) as const;
const regression = (name: string, ...outcomes: string[]) =>
  ({ name, mode: "regression", outcomes, classes: 0, link: "none" }) as const;

const noise = randomStream(1, "pixels");
const pixels = (count: number) => Uint8Array.from({ length: count }, () => noise() * 256);
const photos = (rows: number, height: number, width: number, channels = 3) =>
  table({
    image: Array.from({ length: rows }, (_, i) =>
      image(`${i}.png`, height, width, channels, pixels(height * width * channels)),
    ),
    label: Array.from({ length: rows }, (_, i) => ["cat", "dog", "owl"][i % 3]!),
  });

const flowers = table({
  petal: [1.2, 5.9, 3.1, 4.4, 2.2, 0.1],
  year: [2007, 2008, 2009, 2007, 2008, 2009],
  colour: ["white", "red", "yellow", "red", "white", "red"],
  flower: ["daisy", "rose", "tulip", "rose", "daisy", "tulip"],
  height: [10, 20, 30, 25, 12, 31],
  price: [1, 2, 3, 2.5, 1.5, 3.5],
});

describe("images", () => {
  const network = ({ image }: Readonly<Record<string, SymbolicTensor>>) => [
    through(
      image!,
      tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
      tf.layers.globalAveragePooling2d({}),
      dense(3, "softmax"),
    ),
  ];

  it("of any size, where the recipe resizes", async () => {
    const description = recipe("label ~ image")
      .step_resize("image", { height: 12, width: 10 })
      .step_rescale("image", { scale: 1 / 127.5, offset: -1 });
    const model = await fitted(description, photos(6, 30, 40), network, [classification("label", 3)]);
    const { inputs, outputs } = await expectSamePredictions(model, photos(3, 30, 40));
    expect(inputs).toEqual([{ name: "image", kind: "image", type: "float32", shape: [null, null, null, 3] }]);
    expect(outputs.map(({ name, kind }) => [name, kind])).toEqual([
      ["label", "probability"],
      ["label_class", "class"],
    ]);
    await expectSamePredictions(model, photos(2, 7, 5));
    await expectSamePredictions(model, photos(2, 12, 10));
    await expectSamePredictions(model, photos(1, 333, 517));
  });

  it("a step that comes twice, each time with options of its own", async () => {
    const description = recipe("label ~ image")
      .step_resize("image", { height: 6, width: 30 })
      .step_resize("image", { height: 12, width: 10 })
      .step_rescale("image", { scale: 1 / 255 })
      .step_rescale("image", { scale: 2, offset: -1 });
    const model = await fitted(description, photos(3, 20, 20), network, [classification("label", 3)]);
    await expectSamePredictions(model, photos(3, 20, 20));
  });

  it("of one size, where it does not; grey ones too", async () => {
    const description = recipe("label ~ image").step_rescale("image", { scale: 1 / 255 });
    const model = await fitted(description, photos(3, 8, 9, 1), network, [classification("label", 3)]);
    const { inputs } = await expectSamePredictions(model, photos(3, 8, 9, 1));
    expect(inputs[0]!.shape).toEqual([null, 8, 9, 1]);
  });

  it.each(["resnet50", "mobilenet", "efficientNetB0"] as const)(
    "as %s was trained with them",
    async (application) => {
      const description = recipe("label ~ image")
        .step_resize("image", { height: 9, width: 9 })
        .step_preprocess_input("image", application);
      const model = await fitted(description, photos(3, 20, 20), network, [classification("label", 3)]);
      await expectSamePredictions(model, photos(3, 20, 20));
    },
  );

  it("as they are, where training saw random views of them", async () => {
    const description = recipe("label ~ image")
      .step_augment("image", { flip: "horizontal", rotation: 0.2 })
      .step_rescale("image", { scale: 1 / 255 });
    const model = await fitted(description, photos(3, 8, 8), network, [classification("label", 3)]);
    await expectSamePredictions(model, photos(3, 8, 8));
  });

  it("several in a row, each an input of its name; one that the network does not read is not asked for", async () => {
    const two = (rows: number) => {
      const { columns } = photos(rows, 6, 6);
      return { rows, columns: new Map([...columns, ["other", photos(rows, 5, 5).columns.get("image")!]]) };
    };
    const description = recipe("label ~ image + other").step_rescale("image", { scale: 1 / 255 });
    const both = await fitted(
      description,
      two(3),
      ({ image, other }) => [
        through(
          tf.layers
            .concatenate()
            .apply([
              through(image!, tf.layers.flatten()),
              through(other!, tf.layers.flatten()),
            ]) as SymbolicTensor,
          dense(3, "softmax"),
        ),
      ],
      [classification("label", 3)],
    );
    expect((await expectSamePredictions(both, two(4))).inputs.map(({ name }) => name)).toEqual([
      "image",
      "other",
    ]);
    const one = await fitted(description, two(3), network, [classification("label", 3)]);
    expect((await expectSamePredictions(one, two(4))).inputs.map(({ name }) => name)).toEqual(["image"]);
  });
});

describe("tables", () => {
  const description = recipe("flower ~ petal + year + colour")
    .step_normalize("petal", "year")
    .step_dummy(all_nominal_predictors());
  const network = ({ x }: Readonly<Record<string, SymbolicTensor>>) => [
    through(x!, dense(5, "relu"), dense(3, "softmax")),
  ];

  it("one input a column: numbers in double precision, classes as text", async () => {
    const model = await fitted(description, flowers, network, [classification("flower", 3)]);
    const { inputs } = await expectSamePredictions(model, flowers);
    expect(inputs.map(({ name, type, shape }) => [name, type, shape])).toEqual([
      ["petal", "float64", [null, 1]],
      ["year", "float64", [null, 1]],
      ["colour", "string", [null, 1]],
    ]);
  });

  it("steps on what earlier steps made, one-hot columns, numbers that are rescaled", async () => {
    const model = await fitted(
      recipe("flower ~ petal + colour")
        .step_dummy("colour", { one_hot: true })
        .step_normalize(all_numeric_predictors())
        .step_rescale("petal", { scale: 3, offset: 0.5 }),
      flowers,
      network,
      [classification("flower", 3)],
    );
    await expectSamePredictions(model, flowers);
  });

  const penguins = table({
    species: ["Adelie", "Gentoo", "Chinstrap", "Adelie", "Gentoo", "Adelie", "Chinstrap", "Gentoo"],
    island: ["Torgersen", "Biscoe", "Dream", "Dream", null, "Torgersen", "Dream", "Biscoe"],
    sex: ["male", "female", null, "female", "male", "male", "female", null],
    bill: [39.1, 46.1, 46.5, null, 50, 39.3, 51.3, 49.2],
    depth: [18.7, 13.2, 17.9, 18, 16.3, 20.6, 19.2, 15.2],
    mass: [3750, 4500, 3500, 3250, 5700, null, 3650, 6300],
    tag: [1, 1, 1, 1, 1, 1, 1, 1],
  });
  const odd = table({
    island: ["Marion", null, "Dream"],
    sex: [null, "male", "unsure"],
    bill: [null, 35, 60],
    depth: [12, 30, 18],
    mass: [2000, null, 9000],
    tag: [3, 3, 3],
  });

  it.each([
    [
      "missing values that are filled in, rare and new classes",
      recipe("species ~ .")
        .step_zv(all_predictors())
        .step_impute_median("bill")
        .step_impute_mean("mass")
        .step_novel("sex", "island")
        .step_impute_mode("sex")
        .step_unknown("island")
        .step_other("island", { threshold: 3, other: "elsewhere" })
        .step_dummy(all_nominal_predictors(), { one_hot: true }),
    ],
    [
      "numbers that are centred, scaled, brought to a range, and logarithms",
      recipe("species ~ bill + depth + mass + tag")
        .step_naomit(all_predictors())
        .step_impute_mean("bill", "mass")
        .step_log("mass", { base: 10, offset: 1 })
        .step_center("bill")
        .step_log("bill", { signed: true })
        .step_scale("bill", { factor: 2 })
        .step_range("depth", "mass", { min: -1 })
        .step_select("depth", "mass", "bill"),
    ],
    [
      "principal components, beside what they are made of",
      recipe("species ~ bill + depth + mass")
        .step_impute_median(all_numeric_predictors())
        .step_corr(all_numeric_predictors(), { threshold: 0.99 })
        .step_normalize(all_numeric_predictors())
        .step_pca(all_numeric_predictors(), { num_comp: 2, keep_original_cols: true })
        .step_rm("depth"),
    ],
  ])("%s", async (_, steps) => {
    const model = await fitted(steps, penguins, network, [classification("species", 3)]);
    await expectSamePredictions(model, takeRows(penguins, [0, 1, 6]));
    const { bytes } = await expectSamePredictions(model, odd);
    expect((await checkFile(bytes, model.folder, model.recipe))!.difference).toBeLessThan(1e-5);
  });

  it("several inputs by name, that step_collapse makes", async () => {
    const model = await fitted(
      recipe("species ~ bill + depth + sex")
        .step_impute_mean("bill")
        .step_unknown("sex")
        .step_dummy("sex")
        .step_collapse("depth", "bill", { new_col: "sizes" })
        .step_collapse(starts_with("sex_"), { new_col: "sex_columns" }),
      penguins,
      ({ sizes, sex_columns }) => [
        through(
          tf.layers
            .concatenate()
            .apply([
              through(sizes!, dense(2), tf.layers.flatten()),
              through(sex_columns!, tf.layers.flatten()),
            ]) as SymbolicTensor,
          dense(3, "softmax"),
        ),
      ],
      [classification("species", 3)],
    );
    await expectSamePredictions(model, penguins);
  });

  it("a class that the training rows do not have gives no numbers and no class, in its row alone", async () => {
    const model = await fitted(description, flowers, network, [classification("flower", 3)]);
    const { bytes } = await model.export();
    const strange = table({ petal: [1, 1], year: [2007, 2007], colour: ["blue", "red"] });
    const { flower, flower_class } = await resultsOf(bytes, strange);
    expect(flower!.slice(0, 3)).toEqual([NaN, NaN, NaN]);
    expect(flower!.slice(3).every(Number.isFinite)).toBe(true);
    expect(flower_class![0]).toBe("");
    expect(["daisy", "rose", "tulip"]).toContain(flower_class![1]);
  });
});

describe("outcomes", () => {
  it("the likeliest class as text, the first of equals", async () => {
    const model = await fitted(
      recipe("flower ~ petal"),
      flowers,
      ({ x }) => [through(x!, dense(3, "softmax"))],
      [classification("flower", 3)],
    );
    const { bytes } = await model.export();
    const { flower, flower_class } = await resultsOf(bytes, flowers);
    const levels = ["daisy", "rose", "tulip"];
    expect(flower_class).toHaveLength(flowers.rows);
    for (let row = 0; row < flowers.rows; row++) {
      const own = flower!.slice(row * 3, row * 3 + 3) as number[];
      expect(flower_class![row]).toBe(levels[own.indexOf(Math.max(...own))]);
    }
  });

  it("one unit gives a column for each of two classes", async () => {
    const two = table({ x1: [1, 2, 3, 4], answer: ["no", "yes", "no", "yes"] });
    for (const [activation, link] of [
      ["sigmoid", "none"],
      [undefined, "sigmoid"],
    ] as const) {
      const model = await fitted(recipe("answer ~ x1"), two, ({ x }) => [through(x!, dense(1, activation))], [
        classification("answer", 2, link),
      ]);
      const { bytes } = await expectSamePredictions(model, two);
      const [no, yes] = (await resultsOf(bytes, two))["answer"] as number[];
      expect(no! + yes!).toBeCloseTo(1, 6);
    }
  });

  it("logits become probabilities", async () => {
    const model = await fitted(
      recipe("flower ~ petal + year").step_normalize("petal", "year"),
      flowers,
      ({ x }) => [through(x!, dense(3))],
      [classification("flower", 3, "softmax")],
    );
    await expectSamePredictions(model, flowers);
  });

  it("a sequence in both directions, whose padding is passed over", async () => {
    const model = await fitted(
      recipe("flower ~ petal + height + year"),
      flowers,
      ({ x }) => [
        through(
          x!,
          tf.layers.reshape({ targetShape: [3, 1] }),
          tf.layers.masking({ maskValue: 0.1 }),
          tf.layers.bidirectional({
            layer: tf.layers.lstm({ units: 2, returnSequences: true }) as never,
            mergeMode: "concat",
          }),
          tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }) }),
          tf.layers.gru({ units: 3 }),
          dense(3, "softmax"),
        ),
      ],
      [classification("flower", 3)],
    );
    await expectSamePredictions(model, flowers);
  });

  it("several outputs: classes and numbers, in the order of the formula", async () => {
    const model = await fitted(
      recipe("height + flower ~ petal"),
      flowers,
      ({ x }) => [through(x!, dense(3, "softmax")), through(x!, dense(1))],
      [classification("flower", 3), regression("height", "height")],
    );
    const { outputs } = await expectSamePredictions(model, flowers);
    expect(outputs.map(({ name }) => name)).toEqual(["height", "flower", "flower_class"]);
  });

  it("several numbers from one output, each by itself", async () => {
    const model = await fitted(
      recipe("height + price ~ petal"),
      flowers,
      ({ x }) => [through(x!, dense(2))],
      [regression("output", "height", "price")],
    );
    const { outputs } = await expectSamePredictions(model, flowers);
    expect(outputs.map(({ name, kind }) => [name, kind])).toEqual([
      ["height", "value"],
      ["price", "value"],
    ]);
  });
});

describe("a file is tried before it is written", () => {
  const description = recipe("flower ~ petal + colour").step_normalize("petal").step_dummy("colour");
  const network = ({ x }: Readonly<Record<string, SymbolicTensor>>) => [through(x!, dense(3, "softmax"))];

  it("on made-up rows, which the model itself predicts alike", async () => {
    const model = await fitted(description, flowers, network, [classification("flower", 3)]);
    const { bytes } = await model.export();
    const checked = await checkFile(bytes, model.folder, model.recipe);
    expect(checked).toMatchObject({ rows: 3 });
    expect(checked!.difference).toBeLessThan(1e-6);
  });

  it("and one that gives something else is refused", async () => {
    const model = await fitted(description, flowers, network, [classification("flower", 3)]);
    const other = await fitted(
      description,
      flowers,
      ({ x }) => [through(x!, tf.layers.activation({ activation: "tanh" }), dense(3, "softmax"))],
      [classification("flower", 3)],
    );
    const { bytes } = await other.export();
    await expect(checkFile(bytes, model.folder, model.recipe)).rejects.toThrow(
      /other estimates of flower than the model/,
    );
  });
});

describe("what the file says", () => {
  it("who made it, of which run, and its levels", async () => {
    const model = await fitted(
      recipe("flower ~ petal"),
      flowers,
      ({ x }) => [through(x!, dense(3, "softmax"))],
      [classification("flower", 3)],
    );
    const { metadata_props, producer_name, producer_version } = decoded((await model.export()).bytes);
    expect([producer_name, producer_version]).toEqual(["KSpec", "0.0.0"]);
    const said = Object.fromEntries(metadata_props.map(({ key, value }) => [key, value]));
    expect(said).toMatchObject({
      "kspec.version": "0.0.0",
      "kspec.run": "a-run",
      "kspec.model": "example",
      "kspec.formula": "flower ~ petal",
    });
    expect(JSON.parse(said["kspec.levels"]!)).toEqual({ flower: ["daisy", "rose", "tulip"] });
    expect(JSON.parse(said["kspec.inputs"]!)).toMatchObject([{ name: "petal", type: "float64" }]);
  });
});

describe("what cannot be exported", () => {
  it.each([
    [
      recipe("flower ~ petal").step_mutate({ area: (d) => d.petal ** 2 }),
      "The recipe's step_mutate, which computes `area`, has no form in ONNX.",
    ],
    [
      recipe("flower ~ petal").step_naomit("petal", { skip: false }),
      "The recipe's step_naomit with skip: false has no form in ONNX",
    ],
  ])("a step that is not written, %#", async (steps, message) => {
    const model = await fitted(steps, flowers, ({ x }) => [through(x!, dense(3, "softmax"))], [
      classification("flower", 3),
    ]);
    await expect(model.export()).rejects.toThrow(message);
  });

  it("no recipe step", async () => {
    // The message for a step that nobody knows names those that there are.
    const { message } = await failure(() => stepNamed("nothing"));
    const names = [...message.split("The steps are ")[1]!.matchAll(/step_(\w+)/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(5);
    expect([...exportedSteps.keys()].sort()).toEqual(names.sort());
  });

  it("a layer that ONNX has no form of here is named", async () => {
    const model = await fitted(
      recipe("flower ~ petal + height"),
      flowers,
      ({ x }) => [
        through(
          x!,
          tf.layers.reshape({ targetShape: [2, 1] }),
          tf.layers.gru({ units: 3, activation: "selu", name: "memory" }),
          dense(3),
        ),
      ],
      [classification("flower", 3)],
    );
    await expect(model.export()).rejects.toThrow(
      /its layer memory \(GRU\) has the activation selu, which ONNX has not within a step\. Export it for TensorFlow\.js \(--to tfjs\)/,
    );
  });
});

interface Decoded {
  readonly producer_name: string;
  readonly producer_version: string;
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
}

function decoded(bytes: Uint8Array): Decoded {
  return ModelProto.decode(bytes) as unknown as Decoded;
}
