import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bakeTable, prepRecipe } from "../../src/data/index.ts";
import { preprocessInput } from "../../src/data/recipe/steps/preprocess-input.ts";
import { workingTable } from "../../src/data/recipe/starting-table.ts";
import { all_predictors, recipe } from "../../src/kspec/index.ts";
import type { Applications } from "../../src/kspec/applications.ts";
import { failure, image, table, valuesOf } from "./table-tools.ts";

const message = async (work: () => unknown) => (await failure(work)).message;

/** Every value of a byte, in each channel. */
const everyByte = image(
  "bytes.png",
  1,
  256,
  3,
  Array.from({ length: 768 }, (_, at) => Math.floor(at / 3)),
);
const photos = table({ image: [everyByte, everyByte], label: ["a", "b"] });

async function preprocessed(application: keyof Applications): Promise<Float32Array> {
  const prepped = prepRecipe(recipe("label ~ image").step_preprocess_input(application), photos);
  const values = await valuesOf(bakeTable(prepped, photos, { outcomes: true }), "image");
  return values.slice(0, 768);
}

describe("step_preprocess_input is Keras's preprocess_input, to the last bit", () => {
  // zlib.crc32(keras.applications.imagenet_utils.preprocess_input(x, mode=…).tobytes()) of the same float32 values, Keras 3.15.
  test.each([
    ["resnet50", "caffe", 811032320],
    ["mobilenet", "tf", 3451661025],
    ["densenet121", "torch", 3943595040],
  ] as const)("%s: %s, for every byte", async (application, _mode, crc) => {
    const values = await preprocessed(application);
    expect(crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))).toBe(crc);
  });

  test("efficientNetB0 gets 0–255 as they are", async () => {
    expect(await preprocessed("efficientNetB0")).toEqual(Float32Array.from(await everyByte.read()));
  });

  test.each([
    [
      "resnet50",
      [96.76099395751953, -16.679000854492188, -90.43000030517578, -100.93900299072266, 133.22100830078125],
    ],
    [
      "mobilenet",
      [
        -0.7392156720161438, -0.21490198373794556, 0.5741176605224609, -0.8666666746139526,
        0.9607843160629272,
      ],
    ],
    [
      "densenet121",
      [-1.5485059022903442, -0.28326335549354553, 1.6935949325561523, -1.8267831802368164, 2.341036319732666],
    ],
  ] as const)("%s: values between bytes, as a resize leaves them", (application, wanted) => {
    const working = workingTable(photos, { predictors: ["image"], outcomes: [], others: [] });
    const baked = preprocessInput.bake(working, ["image"], preprocessInput.options({ application }), null);
    const column = baked.columns.get("image")!;
    const [operation] = column.kind === "image" ? column.operations : [];
    const pixels = Float32Array.of(33.25, 100.1, 200.7, 17, 250, 3);
    expect(Array.from(operation!.apply(pixels, [1, 2, 3])).slice(0, 5)).toEqual(wanted);
  });
});

describe("step_preprocess_input in a recipe", () => {
  test("is for all image predictors, or for those that are named", () => {
    const two = table({ front: [everyByte, everyByte], back: [everyByte, everyByte], label: ["a", "b"] });
    const columns = (...terms: Parameters<ReturnType<typeof recipe>["step_preprocess_input"]>) =>
      prepRecipe(recipe("label ~ front + back").step_preprocess_input(...terms), two).steps[0]!.columns;
    expect(columns("mobilenet")).toEqual(["front", "back"]);
    expect(columns("back", "mobilenet")).toEqual(["back"]);
    const numbers = table({ year: [1999, 2000], label: ["a", "b"] });
    expect(() =>
      prepRecipe(recipe("label ~ year").step_preprocess_input(all_predictors(), "mobilenet"), numbers),
    ).toThrow("step_preprocess_input takes images, and `year` holds numbers. Name the image column.");
  });

  test("is saved as plain JSON: the network's name, and what it means", () => {
    const prepped = prepRecipe(recipe("label ~ image").step_preprocess_input("resnet50"), photos);
    expect(JSON.parse(JSON.stringify(prepped.steps))).toEqual([
      {
        step: "preprocess_input",
        columns: ["image"],
        options: { application: "resnet50", mode: "caffe" },
        learnt: null,
      },
    ]);
  });

  test("does to new data what it did to the training rows, after the recipe was saved and read again", async () => {
    const description = recipe("label ~ image")
      .step_resize("image", { height: 2, width: 8 })
      .step_preprocess_input("resnet50");
    const prepped = prepRecipe(description, photos);
    const saved = JSON.parse(JSON.stringify(prepped)) as typeof prepped;
    const training = await valuesOf(bakeTable(prepped, photos, { outcomes: true }), "image");
    const fresh = await valuesOf(
      bakeTable(saved, table({ image: [everyByte] }), { outcomes: false }),
      "image",
    );
    expect(fresh).toEqual(training.slice(0, fresh.length));
  });

  test("refuses grey images, and says what can be done", async () => {
    const grey = table({ image: [image("1.png", 28, 28), image("2.png", 28, 28)], label: ["a", "b"] });
    expect(
      await message(() => prepRecipe(recipe("label ~ image").step_preprocess_input("mobilenet"), grey)),
    ).toBe(
      'step_preprocess_input("mobilenet") needs images with 3 channels (red, green, blue), and `image` is grey: 1 channel. Convert the files to colour. Or leave this step out, bring the pixels to the network\'s scale with step_rescale, and give the network three of them: `layers.concatenate().apply([tensor, tensor, tensor])`.',
    );
  });

  test("refuses a recipe without images, and a network that there is not", async () => {
    const numbers = table({ area: [1, 2], label: ["a", "b"] });
    expect(
      await message(() => prepRecipe(recipe("label ~ area").step_preprocess_input("mobilenet"), numbers)),
    ).toBe(
      'step_preprocess_input("mobilenet") finds no predictor that holds images. Name an image column in the formula: recipe("label ~ image").',
    );
    expect(() => recipe("label ~ image").step_preprocess_input("image", "resnet5" as never)).toThrow(
      'step_preprocess_input() takes the name of a pretrained network last, and got the text "resnet5". Did you mean "resnet50"?',
    );
    expect(() => recipe("label ~ image").step_preprocess_input("image" as never)).toThrow(
      'and got the text "image".',
    );
  });
});
