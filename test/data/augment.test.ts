import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { bakeTable, prepRecipe, readAll, streamedRows, type StreamedColumn } from "../../src/data/index.ts";
import { moveBilinear, type Affine } from "../../src/data/recipe/affine.ts";
import { rotate, translate, zoomBy } from "../../src/data/recipe/draw-view.ts";
import { changeBrightness, changeContrast } from "../../src/data/recipe/recolour.ts";
import type { ImageShape } from "../../src/data/recipe/working-table.ts";
import type { Image } from "../../src/data/table.ts";
import { recipe, type Recipe } from "../../src/kspec/index.ts";
import { parityFixtures } from "../parity-fixtures.ts";
import { failure, image, table } from "./table-tools.ts";

/** Images of one size that differ. */
const pictures = (count: number, [height, width, channels]: ImageShape = [6, 8, 3]): Image[] =>
  Array.from({ length: count }, (_, at) =>
    image(
      `${at}.png`,
      height,
      width,
      channels,
      Array.from({ length: height * width * channels }, (_, i) => (i * 37 + at * 11) % 256),
    ),
  );

function columnOf(description: Recipe, images: readonly Image[], training = true): StreamedColumn {
  const labels = images.map((_, at) => (at % 2 === 0 ? "a" : "b"));
  const rows = table({ label: labels, image: images });
  const prepped = prepRecipe(description, table({ label: ["a", "b"], image: [images[0]!, images[0]!] }));
  return bakeTable(prepped, rows, { outcomes: true, training }).inputs.get("image") as StreamedColumn;
}

const base = recipe("label ~ image");
const turned = base.step_augment("image", { views: 3, flip: "horizontal", rotation: 0.2, zoom: 0.2 });
const all = async (column: StreamedColumn, rows: number) => (await readAll(column, rows)).values;

describe("step_augment", () => {
  test("makes views of each training image that differ from it and from each other", async () => {
    const column = columnOf(turned, pictures(2));
    expect([column.shape, column.views]).toEqual([[6, 8, 3], 3]);
    const values = await all(column, 2);
    const size = 6 * 8 * 3;
    expect(values.length).toBe(2 * 3 * size);
    const entries = Array.from({ length: 6 }, (_, at) =>
      values.subarray(at * size, (at + 1) * size).join(" "),
    );
    expect(new Set(entries).size).toBe(6);
    expect(new Set(await column.digests(0, 6)).size).toBe(6);
  });

  test("leaves validation, test and new rows as they are", async () => {
    const [one] = pictures(1);
    const other = columnOf(turned, [one!], false);
    expect([other.views, other.plain]).toEqual([1, undefined]);
    expect(await other.read(0, 1)).toEqual(Float32Array.from(await one!.read()));
    expect(await other.digests(0, 1)).toEqual(await columnOf(base, [one!]).digests(0, 1));
  });

  test("gives the training rows without views too, under the same names as test rows have", async () => {
    const images = pictures(3);
    const { plain } = columnOf(turned, images);
    const asTest = columnOf(turned, images, false);
    expect(plain!.views).toBe(1);
    expect(await all(plain!, 3)).toEqual(await all(asTest, 3));
    expect(await plain!.digests(0, 3)).toEqual(await asTest.digests(0, 3));
  });

  test("draws the same views of an image in any subset, order and number of views", async () => {
    const images = pictures(4);
    const whole = columnOf(turned, images);
    const subset = columnOf(turned, [images[3]!, images[1]!]);
    expect(await subset.read(3, 6)).toEqual(await whole.read(3, 6));
    expect(await subset.digests(0, 3)).toEqual(await whole.digests(9, 12));
    const fewer = columnOf(
      base.step_augment("image", { views: 2, flip: "horizontal", rotation: 0.2, zoom: 0.2 }),
      images,
    );
    expect(await fewer.digests(2, 4)).toEqual(await whole.digests(3, 5));
    expect(await fewer.read(2, 4)).toEqual(await whole.read(3, 5));
  });

  test("reads any part of the views, also from the middle of an image's, and slices by rows", async () => {
    const column = columnOf(turned, pictures(4));
    const values = await all(column, 4);
    const size = 6 * 8 * 3;
    for (const [from, to] of [
      [0, 1],
      [2, 4],
      [1, 11],
      [5, 5],
    ] as const) {
      expect(await column.read(from, to)).toEqual(values.slice(from * size, to * size));
      expect(await column.digests(from, to)).toEqual((await column.digests(0, 12)).slice(from, to));
    }
    const last = streamedRows(column, 2, 4);
    expect(await last.read(0, 6)).toEqual(values.slice(6 * size));
    expect(await all(last.plain!, 2)).toEqual(await column.plain!.read(2, 4));
  });

  test("other seeds draw other views; another change leaves the other draws as they are", async () => {
    const flips = (options: object) => columnOf(base.step_augment("image", options), pictures(1));
    const eight = { views: 8, flip: "horizontal" } as const;
    const first = await flips(eight).read(0, 8);
    expect(await flips({ ...eight, seed: 2 }).read(0, 8)).not.toEqual(first);
    // Brightness about 0 clips nothing and adds nothing.
    const both = flips({ ...eight, brightness: [0, 0] });
    expect(await both.read(0, 8)).toEqual(first);
    expect(await both.digests(0, 8)).not.toEqual(await flips(eight).digests(0, 8));
  });

  test("flips about half of the views, exactly", async () => {
    const [one] = pictures(1, [2, 3, 1]);
    const plain = Array.from(await one!.read());
    const mirrored = [2, 1, 0, 5, 4, 3].map((at) => plain[at]);
    const values = Array.from(
      await columnOf(base.step_augment("image", { views: 200, flip: "horizontal" }), [one!]).read(0, 200),
    );
    const views = Array.from({ length: 200 }, (_, at) => values.slice(at * 6, at * 6 + 6).join());
    const flipped = views.filter((view) => view === mirrored.join()).length;
    expect(views.filter((view) => view === plain.join()).length).toBe(200 - flipped);
    expect(flipped).toBeGreaterThan(70);
    expect(flipped).toBeLessThan(130);
  });

  test("stands where it is written: before or after step_resize", async () => {
    const [one] = pictures(1);
    const options = { views: 1, translation: [0.5, 0.5] as const };
    const before = columnOf(
      base.step_augment("image", options).step_resize("image", { height: 3, width: 4 }),
      [one!],
    );
    const after = columnOf(
      base.step_resize("image", { height: 3, width: 4 }).step_augment("image", options),
      [one!],
    );
    expect([before.shape, after.shape]).toEqual([
      [3, 4, 3],
      [3, 4, 3],
    ]);
    expect(await before.digests(0, 1)).not.toEqual(await after.digests(0, 1));
    expect(await before.read(0, 1)).not.toEqual(await after.read(0, 1));
  });
});

describe("step_augment refuses", () => {
  const refusal = async (description: () => Recipe) =>
    (await failure(() => columnOf(description(), pictures(2)))).message;
  const augmented = (options: object) => () => base.step_augment("image", options);

  test("options that cannot be", async () => {
    expect(await refusal(augmented({}))).toBe(
      'step_augment changes nothing. Give it one of flip, rotation, zoom, translation, brightness and contrast, as in { flip: "horizontal", rotation: 0.1 }.',
    );
    expect(await refusal(augmented({ flip: "both" }))).toBe(
      'step_augment: `flip` is "both", and must be "horizontal", "vertical" or "horizontal_and_vertical".',
    );
    expect(await refusal(augmented({ rotation: 90 }))).toBe(
      "step_augment: `rotation` is 90, and must be a number from 0 to 1, or two from -1 to 1 such as [-0.1, 0.2].",
    );
    expect(await refusal(augmented({ zoom: 1 }))).toContain("`zoom` is 1, and must be a number from 0 to");
    expect(await refusal(augmented({ contrast: [-0.1, 0.2] }))).toContain("how much less and how much more");
    expect(await refusal(augmented({ rotation: 0.1, views: 0 }))).toContain(
      "a whole number of views of each image, 1 or more",
    );
    expect(await refusal(augmented({ rotation: "0.1" }))).toContain('`rotation` is "0.1"');
    expect(await refusal(augmented({ brightness: 0.1, value_range: [1, 0] }))).toContain("such as [0, 1]");
  });

  test("to come twice, and columns that hold no images", async () => {
    const once = base.step_augment("image", { rotation: 0.1 });
    expect(await refusal(() => once.step_augment("image", { zoom: 0.1 }))).toContain(
      "step_augment comes twice for `image`. Put all that it shall change into one",
    );
    expect(await refusal(() => base.step_augment("label", { rotation: 0.1 }))).toBe(
      "step_augment takes images, and `label` holds classes. Name the image column.",
    );
  });

  test("brightness and contrast of another scale than 0–255, unless it is told", async () => {
    const scaled = base.step_rescale("image", { scale: 1 / 255 });
    expect(await refusal(() => scaled.step_augment("image", { brightness: 0.1 }))).toContain(
      "Put step_augment before that step, or say the scale: value_range: [0, 1].",
    );
    const told = columnOf(
      scaled.step_augment("image", { views: 1, brightness: [0.5, 0.5], value_range: [0, 1] }),
      pictures(1),
    );
    const expected = (await pictures(1)[0]!.read()).map((value) => Math.min(value + 127.5, 255));
    expect(Array.from(await told.read(0, 1), (value) => Math.floor(value * 255 + 1e-3))).toEqual(
      Array.from(expected),
    );
    expect(columnOf(scaled.step_augment("image", { rotation: 0.1 }), pictures(1)).views).toBe(4);
  });
});

describe("what a view is, Keras makes of it too", () => {
  const keras = JSON.parse(readFileSync(path.join(parityFixtures, "augment.json"), "utf8")) as {
    shape: ImageShape;
    results: { change: string; drawn: [number, number]; pixels: number[] }[];
  };
  const [height, width, channels] = keras.shape;
  const pixels = Array.from({ length: height * width * channels }, (_, at) => (at * 37 + 11) % 256);
  const moved = (move: Affine) => {
    const result = new Float32Array(pixels.length);
    moveBilinear(Float32Array.from(pixels), keras.shape, move, result);
    return result;
  };
  const recoloured = (change: (pixels: Float32Array) => void) => {
    const result = Float32Array.from(pixels);
    change(result);
    return result;
  };
  const made: Record<string, (...drawn: [number, number]) => Float32Array> = {
    rotation: (turn) => moved(rotate(turn, height, width)),
    zoom: (change) => moved(zoomBy(change, height, width)),
    translation: (down, right) => moved(translate(down, right, height, width)),
    contrast: (factor) => recoloured((all) => changeContrast(all, keras.shape, factor, [0, 255])),
    brightness: (share) => recoloured((all) => changeBrightness(all, share, [0, 255])),
  };

  test.each(keras.results)("$change $drawn", ({ change, drawn, pixels: expected }) => {
    const own = made[change]!(...drawn);
    expect(own.length).toBe(expected.length);
    // Keras computes places in float32.
    for (const [at, value] of expected.entries()) expect(Math.abs(own[at]! - value)).toBeLessThan(0.02);
  });
});
