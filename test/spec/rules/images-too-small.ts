import { describe, expect, it } from "vitest";
import { diagnose } from "../../../src/language/index.ts";
import { expectMarked, fixed, transfer } from "../../language/markers.ts";

const CODE = "images-too-small";
const right = '.step_preprocess_input("resnet50")';
const fit = (data: string, steps = right) =>
  `export default workflow({ data: ${data}, recipe: recipe("label ~ image")${steps}, model: network() });`;
const found = (text: string) => diagnose(text, "a.kspec.ts").filter(({ code }) => code === CODE);

describe(CODE, () => {
  it("knows the size of a dataset's images", () => {
    const text = transfer(`export default workflow({
  data: datasets.cifar10({ train: 500 }),
  //             ^^^^^^^ warning images-too-small: "resnet50" was trained on images of 224 × 224, and these are 32 × 32, too small for its last layers to see anything in. Bring them to 96 × 96 or more: \`.step_resize("image", { height: 96, width: 96 })\`.
  recipe: recipe("label ~ image").step_preprocess_input("resnet50"),
  model: network(),
});`);
    expectMarked(text);
    expect(fixed(text, CODE)).toContain(
      'recipe("label ~ image").step_resize("image", { height: 96, width: 96 }).step_preprocess_input("resnet50"),',
    );
    expect(found(fixed(text, CODE))).toEqual([]);
  });

  it("knows what the recipe makes of them", () => {
    const text = transfer(`export default workflow({
  data: datasets.image_folder("photos"),
  recipe: recipe("label ~ image")
    .step_resize("image", { height: 64, width: 128 })
    // [step_resize] warning images-too-small: "resnet50" was trained on images of 224 × 224, and these are 64 × 128, …
    .step_preprocess_input("resnet50"),
  model: network(),
});`);
    expectMarked(text);
    expect(fixed(text, CODE)).toContain('.step_resize("image", { height: 96, width: 96 })\n');
  });

  it("is an error where the base refuses them", () => {
    expectMarked(
      transfer(`export default workflow({
  data: datasets.mnist(),
  //             ^^^^^ error images-too-small: "resnet50" refuses images below 32 × 32, and these are 28 × 28. Bring them to 96 × 96 or more: \`.step_resize("image", { height: 96, width: 96 })\`.
  recipe: recipe("label ~ image").step_preprocess_input("resnet50"),
  model: network(),
});`),
    );
    expect(
      found(
        transfer(fit("datasets.cifar10()"), {
          base: "applications.inceptionV3({ weights: null, includeTop: false })",
        }),
      ),
    ).toMatchObject([
      { severity: "error", message: expect.stringContaining("refuses images below 75 × 75") as string },
    ]);
  });

  it("knows that a base with its top takes one size", () => {
    const text = transfer(fit("datasets.cifar10()"), { base: "applications.resnet50()" });
    expect(found(text)).toMatchObject([
      {
        severity: "error",
        message:
          '"resnet50" with its top takes images of 224 × 224, and these are 32 × 32. Write `.step_resize("image", { height: 224, width: 224 })`, or leave the top out: `includeTop: false`.',
      },
    ]);
    expect(fixed(text, CODE)).toContain('.step_resize("image", { height: 224, width: 224 })');
  });

  it("writes a recipe where there is none", () => {
    const text = transfer("export default workflow({ data: datasets.cifar10(), model: network() });");
    expect(fixed(text, CODE)).toContain(
      'datasets.cifar10(), recipe: recipe("label ~ image").step_resize("image", { height: 96, width: 96 }), model',
    );
  });

  it.each([
    ["96 × 96", fit("datasets.cifar10()", `.step_resize("image", { height: 96, width: 96 })${right}`), {}],
    ["photos of any size", fit('datasets.image_folder("photos")'), {}],
    [
      "a size that is computed",
      `declare const side: any;\n${fit("datasets.cifar10()", `.step_resize("image", { height: side, width: side })${right}`)}`,
      {},
    ],
    [
      "random weights",
      fit("datasets.cifar10()"),
      { base: "applications.resnet50({ weights: null, includeTop: false })" },
    ],
    ["a base of the author's", fit("datasets.cifar10()"), { base: 'load_model("mine.keras")' }],
    [
      "an inputShape, which the network checks",
      fit("datasets.cifar10()"),
      { base: "applications.resnet50({ includeTop: false, inputShape: [32, 32, 3] })" },
    ],
  ])("has nothing against %s", (_what, workflow, options) => {
    expect(found(transfer(workflow, options))).toEqual([]);
  });
});
