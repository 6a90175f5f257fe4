import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../../src/language/index.ts";
import { expectMarked, fixed, transfer } from "../../language/markers.ts";

const CODE = "preprocessing-mismatch";
/** Photos, so that nothing is said of their size. */
const photos = (recipe: string) => `export default workflow({
  data: datasets.image_folder("photos"),
  ${recipe}
  model: network(),
});`;
const of = (name: string) => ({ base: `applications.${name}({ includeTop: false })` });
const found = (text: string) => diagnose(text, "a.kspec.ts").filter(({ code }) => code === CODE);

describe(CODE, () => {
  it("speaks on the example of the vignette, whose recipe rescales for ResNet50", () => {
    const example = readFileSync(
      new URL("../../../examples/resnet_transfer.kspec.ts", import.meta.url),
      "utf8",
    );
    const mended = fixed(example, CODE);
    expect(mended).toContain('recipe: recipe("label ~ image").step_preprocess_input("resnet50"),');
    expect(found(mended)).toEqual([]);
  });

  it("shows the step that makes other pixels of them", () => {
    expectMarked(
      transfer(
        photos(`recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  //                              ^^^^^^^^^^^^ warning preprocessing-mismatch: "resnet50" was trained on pixels of 0–255 in blue-green-red order, less the means of ImageNet, and step_rescale makes others of them. Write \`.step_preprocess_input("resnet50")\` in its place.`),
      ),
    );
  });

  it("shows the preprocessing of another family", () => {
    const text = transfer(
      photos(`recipe: recipe("label ~ image").step_preprocess_input("image", "mobilenetV2"),
  //                              ^^^^^^^^^^^^^^^^^^^^^ warning preprocessing-mismatch: "resnet50" was trained on pixels of 0–255 in blue-green-red order, less the means of ImageNet, and step_preprocess_input("mobilenetV2") makes others of them. …`),
    );
    expectMarked(text);
    expect(fixed(text, CODE)).toContain('recipe: recipe("label ~ image").step_preprocess_input("resnet50"),');
  });

  it("shows a recipe that does nothing, and adds the step after those that resize", () => {
    const text = transfer(
      photos(`recipe: recipe("label ~ image").step_resize("image", { height: 96, width: 96 }),
  //      ^^^^^^ warning preprocessing-mismatch: "resnet50" was trained on pixels of 0–255 in blue-green-red order, less the means of ImageNet, and it gets 0–255 in red-green-blue order, as images come. Add \`.step_preprocess_input("resnet50")\` to the recipe.`),
    );
    expectMarked(text);
    expect(fixed(text, CODE)).toContain(
      '.step_resize("image", { height: 96, width: 96 }).step_preprocess_input("resnet50"),',
    );
  });

  it("keeps the form of a chain over several lines", () => {
    const text = transfer(
      photos(`recipe: recipe("label ~ image")
    .step_resize("image", { height: 96, width: 96 })
    .step_augment("image", { flip: "horizontal" }),`),
    );
    expect(fixed(text, CODE)).toContain(`    .step_augment("image", { flip: "horizontal" })
    .step_preprocess_input("resnet50"),`);
  });

  it("writes a recipe where there is none, and imports what it needs", () => {
    const text = transfer(photos("")).replace(" recipe,", "");
    const mended = fixed(text, CODE);
    expect(mended).toContain(`  data: datasets.image_folder("photos"),
  recipe: recipe("label ~ image").step_preprocess_input("resnet50"),`);
    expect(mended).toContain("type Tensor, recipe,");
    expect(found(mended)).toEqual([]);

    const chain = transfer(
      'export default workflow().add_model(network()).add_data(datasets.image_folder("photos"));',
    );
    expect(fixed(chain, CODE)).toContain(
      '.add_data(datasets.image_folder("photos")).add_recipe(recipe("label ~ image").step_preprocess_input("resnet50"));',
    );
  });

  it("writes by the names that the file has for things of kspec's", () => {
    const text = transfer(photos("").replace("  \n", ""))
      .replace(
        /import \{[^]*?"kspec";/,
        'import * as k from "kspec";\nimport type { Block, InputBlock } from "kspec";',
      )
      .replace(/\b(applications|create_keras_functional_spec|datasets|inp_spec|layers|workflow)\b/g, "k.$1");
    expect(fixed(text, CODE)).toContain(
      'recipe: k.recipe("label ~ image").step_preprocess_input("resnet50"),',
    );
    // Where `recipe` means something else, the author must find a way.
    const taken = `${transfer(photos("")).replace(" recipe,", "")}\nconst recipe = 3;\n`;
    expect(found(taken)).toHaveLength(1);
    expect(fixed(taken, CODE)).toBe(taken);
  });

  it("shows what changes right pixels once more", () => {
    const text = transfer(
      photos(`recipe: recipe("label ~ image")
    .step_rescale("image", { scale: 1 / 255 })
    // [step_rescale] warning preprocessing-mismatch: "resnet50" was trained on pixels of 0–255 in blue-green-red order, less the means of ImageNet. step_preprocess_input makes them so, and step_rescale changes them once more. Remove it.
    .step_preprocess_input("resnet50"),`),
    );
    expectMarked(text);
    const mended = fixed(text, CODE);
    expect(mended).not.toContain(".step_rescale");
    expect(found(mended)).toEqual([]);
  });

  it.each([
    ["resnet50", '.step_preprocess_input("resnet152")'],
    ["mobilenetV2", '.step_preprocess_input("image", "xception")'],
    ["mobilenetV2", ".step_rescale(all_predictors(), { scale: 1 / 127.5, offset: -1 })"],
    ["mobilenet", '.step_rescale("image", { scale: 0.00784, offset: -1 })'],
    [
      "densenet121",
      '.step_resize("image", { height: 96, width: 96 }).step_preprocess_input(all_image_predictors(), "densenet201")',
    ],
    ["efficientNetB0", ""],
    ["efficientNetB0", '.step_preprocess_input("efficientNetB0")'],
    ["efficientNetB0", '.step_rescale("image", { scale: 1 })'],
    ["convNeXtTiny", ""],
  ])("has nothing against %s with recipe(…)%s", (name, steps) => {
    const text = transfer(photos(`recipe: recipe("label ~ image")${steps},`), of(name)).replace(
      "import {",
      "import { all_image_predictors, all_predictors,",
    );
    expect(found(text)).toEqual([]);
  });

  it.each([
    ["mobilenetV2", '.step_rescale("image", { scale: 1 / 255 })', "pixels of −1 to 1"],
    [
      "densenet121",
      '.step_rescale("image", { scale: 1 / 255 })',
      "pixels of 0–1, less the means of ImageNet",
    ],
    ["efficientNetB0", '.step_rescale("image", { scale: 1 / 255 })', "0–255, which it rescales by itself"],
    ["efficientNetV2S", '.step_preprocess_input("vgg16")', "0–255, which it rescales by itself"],
  ])("speaks of %s with recipe(…)%s", (name, steps, trained) => {
    const text = transfer(photos(`recipe: recipe("label ~ image")${steps},`), of(name));
    expect(found(text).map(({ message }) => message)).toEqual([expect.stringContaining(trained)]);
    expect(found(fixed(text, CODE))).toEqual([]);
  });

  it("follows a base that is made elsewhere in the file, and a spec of one layer after the other", () => {
    const rescaled = photos('recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),');
    const made = transfer(rescaled, { base: "frozen()" }).replace(
      "const network",
      `function frozen() {
  const base = applications.vgg16({ includeTop: false });
  base.trainable = false;
  return base;
}
const network`,
    );
    expect(found(made)).toHaveLength(1);
    const sequential = transfer(rescaled).replace(
      /const network = [^]*?\}\);/,
      `const network = create_keras_sequential_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] }),
    base: ({ model }: SequentialBlock) => model.add(applications.vgg16({ includeTop: false, pooling: "avg" })),
    output: ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) =>
      model.add(layers.dense({ units: num_classes, activation: "softmax" })),
  },
});`,
    );
    expect(found(sequential)).toHaveLength(1);
  });

  it.each([
    ["random weights", { base: "applications.resnet50({ weights: null, includeTop: false })" }],
    [
      "weights of the author's",
      { base: 'applications.resnet50({ weights: "mine.weights.h5", includeTop: false })' },
    ],
    ["options from elsewhere", { base: "applications.resnet50(given)" }],
    ["a model of the author's", { base: 'load_model("mine.keras")' }],
    [
      "a base that was told not to rescale",
      { base: "applications.efficientNetV2S({ includePreprocessing: false })" },
    ],
    [
      "layers before the base",
      {
        entries:
          'stem: inp_spec(({ tensor }: Block) => layers.rescaling({ scale: 255 }).apply(tensor), "input"), base: inp_spec(base_block, "stem")',
      },
    ],
  ])("is silent about %s", (_what, options) => {
    expect(
      found(
        transfer(
          photos('recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),'),
          options,
        ),
      ),
    ).toEqual([]);
  });

  it.each([
    ["a recipe from another file", "recipe: theirs,"],
    ["a step that is computed", 'recipe: recipe("label ~ image").step_rescale("image", { scale }),'],
    ["a step that it does not know", 'recipe: recipe("label ~ image").step_mutate("image", (x) => x),'],
    [
      "columns that are computed",
      'recipe: recipe("label ~ image").step_rescale(columns, { scale: 1 / 255 }),',
    ],
  ])("is silent about %s", (_what, recipe) => {
    expect(
      found(transfer(`declare const theirs: any, scale: any, columns: any;\n${photos(recipe)}`)),
    ).toEqual([]);
  });

  it("is silent about grey images, which no base takes, and blocks that are left out", () => {
    const rescaled = 'recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 })';
    expect(
      found(transfer(`export default workflow({ data: datasets.mnist(), ${rescaled}, model: network() });`)),
    ).toEqual([]);
    expect(found(transfer(photos(`${rescaled},`).replace("network()", "network({ num_base: 0 })")))).toEqual(
      [],
    );
  });

  it("does not replace a step that other columns need", () => {
    const text = transfer(
      photos('recipe: recipe("label ~ image").step_rescale("image", "other", { scale: 1 / 255 }),'),
    );
    expect(found(text)).toHaveLength(1);
    expect(fixed(text, CODE)).toBe(text);
  });
});
