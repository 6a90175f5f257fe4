import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import {
  bakeTable,
  defaultRecipe,
  loadDataset,
  prepRecipe,
  type Image,
  type Table,
} from "../../src/data/index.ts";
import { recipe } from "../../src/kspec/index.ts";
import type { ImageFolderOptions } from "../../src/kspec/description.ts";
import { assets, hasAssets } from "./assets.ts";
import { failure, folder, valuesOf } from "./table-tools.ts";

type Rgb = readonly [number, number, number];

/** A picture of one colour as a file's bytes. */
function picture(width: number, height: number, [r, g, b]: Rgb, format: "png" | "jpeg" | "webp" = "png") {
  const made = sharp({ create: { width, height, channels: 3, background: { r, g, b } } });
  return (
    format === "webp" ? made.webp({ lossless: true }) : made.toFormat(format, { quality: 100 })
  ).toBuffer();
}
const greyPicture = (width: number, height: number, value: number) =>
  sharp(Buffer.alloc(width * height, value), { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();

const RED: Rgb = [255, 0, 0];
const BLUE: Rgb = [0, 0, 255];

const load = (specFolder: string, options: ImageFolderOptions = {}, dir = ".") =>
  loadDataset({ kind: "dataset", name: "image_folder", path: dir, options }, { specFolder });

function imagesOf(table: Table | undefined): readonly Image[] {
  const column = table?.columns.get("image");
  return column?.kind === "image" ? column.images : [];
}
function labelsOf(table: Table | undefined): string[] {
  const column = table?.columns.get("label");
  return column?.kind === "nominal" ? Array.from(column.codes, (code) => column.levels[code]!) : [];
}
const names = (table: Table | undefined) => imagesOf(table).map(({ id }) => path.basename(id));

/** Two classes of ten pictures. */
async function catsAndDogs(): Promise<string> {
  const [red, blue] = await Promise.all([picture(4, 3, RED), picture(4, 3, BLUE)]);
  const files: Record<string, Buffer> = {};
  for (let at = 0; at < 10; at++) {
    files[`pets/cat/${at}.png`] = red;
    files[`pets/dog/${at}.png`] = blue;
  }
  return folder(files);
}

describe("datasets.image_folder reads class folders", () => {
  test("into image and label, shuffled by the seed", async () => {
    const specFolder = await catsAndDogs();
    const { name, train, test, fingerprint } = await load(specFolder, {}, "pets");
    expect([name, train.rows, test]).toEqual(["pets", 20, undefined]);
    expect(train.columns.get("label")).toMatchObject({ levels: ["cat", "dog"] });
    const labels = labelsOf(train);
    expect(new Set(labels.slice(-4)).size).toBe(2);
    expect(imagesOf(train).map(({ id }) => id.split(path.sep)[1])).toEqual(labels);
    const again = await load(specFolder, { seed: 1 }, "pets");
    expect(labelsOf(again.train)).toEqual(labels);
    expect(labelsOf((await load(specFolder, { seed: 2 }, "pets")).train)).not.toEqual(labels);
    expect((await load(specFolder, {}, "pets")).fingerprint).toBe(fingerprint);
  });

  test("with the pixels of the file, height first", async () => {
    const { train } = await load(await catsAndDogs(), {}, "pets");
    const cat = imagesOf(train)[labelsOf(train).indexOf("cat")]!;
    expect([cat.height, cat.width, cat.channels]).toEqual([3, 4, 3]);
    expect(Array.from((await cat.read()).slice(0, 6))).toEqual([255, 0, 0, 255, 0, 0]);
  });

  test("and deals them out by share or count", async () => {
    const { train, validation, test } = await load(
      await catsAndDogs(),
      { test: 0.25, validation: 3 },
      "pets",
    );
    expect([train.rows, validation?.rows, test?.rows]).toEqual([12, 3, 5]);
    const ids = [train, validation, test].flatMap((table) => imagesOf(table).map(({ id }) => id));
    expect(new Set(ids).size).toBe(20);
  });

  test("a fingerprint that changes with a pixel and with a name", async () => {
    const specFolder = await catsAndDogs();
    const before = (await load(specFolder, {}, "pets")).fingerprint;
    writeFileSync(path.join(specFolder, "pets/cat/3.png"), await picture(4, 3, [254, 0, 0]));
    const after = (await load(specFolder, {}, "pets")).fingerprint;
    expect(after).not.toBe(before);
  });

  test("png, jpeg and webp; transparency dropped; EXIF's orientation applied; 16 bits", async () => {
    const clear = await sharp({
      create: { width: 2, height: 1, channels: 4, background: { r: 9, g: 8, b: 7, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const turned = await sharp({ create: { width: 6, height: 2, channels: 3, background: "white" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const deep = await sharp({
      create: { width: 2, height: 1, channels: 3, background: { r: 10, g: 20, b: 30 } },
    })
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    const specFolder = folder({
      "a/clear.PNG": clear,
      "a/turned.jpg": turned,
      "b/web.webp": await picture(2, 1, BLUE, "webp"),
      "b/photo.jpeg": await picture(2, 1, RED, "jpeg"),
      "b/deep.png": deep,
    });
    const { train } = await load(specFolder);
    const read = async (name: string) => {
      const image = imagesOf(train).find(({ id }) => id.endsWith(name))!;
      return [image.height, image.width, image.channels, ...(await image.read()).slice(0, 3)];
    };
    expect(await read("clear.PNG")).toEqual([1, 2, 3, 9, 8, 7]);
    expect(await read("turned.jpg")).toEqual([6, 2, 3, 255, 255, 255]);
    expect(await read("web.webp")).toEqual([1, 2, 3, 0, 0, 255]);
    expect(await read("deep.png")).toEqual([1, 2, 3, 10, 20, 30]);
    expect((await read("photo.jpeg"))[3]).toBeGreaterThan(250);
  });

  test("grey stays one channel when all are grey, and becomes three beside colour", async () => {
    const grey = await greyPicture(2, 2, 77);
    const all = await load(folder({ "a/1.png": grey, "b/2.png": grey }));
    expect(imagesOf(all.train).map(({ channels }) => channels)).toEqual([1, 1]);
    expect(Array.from(await imagesOf(all.train)[0]!.read())).toEqual([77, 77, 77, 77]);
    const some = await load(folder({ "a/1.png": grey, "b/2.png": await picture(2, 2, RED) }));
    const image = imagesOf(some.train).find(({ id }) => id.endsWith("1.png"))!;
    expect(image.channels).toBe(3);
    expect((await image.read()).length).toBe(12);
    expect(new Set(await image.read())).toEqual(new Set([77]));
  });

  test("folders below a class folder too; a link that leads back up ends", async () => {
    const red = await picture(2, 2, RED);
    const specFolder = folder({ "a/deep/1.png": red, "a/2.png": red, "b/3.png": red });
    symlinkSync(path.join(specFolder, "a"), path.join(specFolder, "a/deep/up"));
    const { train } = await load(specFolder);
    expect(names(train).sort()).toEqual(["1.png", "2.png", "3.png"]);
  });

  test("hidden files and other files are passed over, the latter with a note", async () => {
    const red = await picture(2, 2, RED);
    const notes: string[] = [];
    const specFolder = folder({
      "a/1.png": red,
      "a/Thumbs.db": "x",
      "a/.DS_Store": "x",
      "b/2.png": red,
      "b/readme.txt": "x",
      ".hidden/3.png": red,
      "empty/.keep": "",
      "loose.png": red,
    });
    const { train } = await loadDataset(
      { kind: "dataset", name: "image_folder", path: ".", options: {} },
      { specFolder, onNote: (severity, code, text) => notes.push(`${severity} ${code}: ${text}`) },
    );
    expect(train.columns.get("label")).toMatchObject({ levels: ["a", "b"] });
    expect(notes).toEqual([
      "information data: 1 image lies directly in . and was passed over: an image belongs in the folder of its class.",
      `information data: The class folder ${path.join(path.basename(specFolder), "empty")} has no images and was passed over.`,
      "information data: 2 files that are no images were passed over: Thumbs.db, readme.txt.",
    ]);
  });
});

describe("datasets.image_folder reads train and test folders", () => {
  async function dealt() {
    const [red, blue] = await Promise.all([picture(2, 2, RED), picture(2, 2, BLUE)]);
    const files: Record<string, Buffer> = {};
    for (const [set, count] of [
      ["train", 8],
      ["Test", 3],
      ["val", 2],
    ] as const)
      for (let at = 0; at < count; at++) {
        files[`${set}/cat/${set}-c${at}.png`] = red;
        files[`${set}/dog/${set}-d${at}.png`] = blue;
      }
    return folder(files);
  }

  test("as the sets they are", async () => {
    const { train, validation, test } = await load(await dealt());
    expect([train.rows, validation?.rows, test?.rows]).toEqual([16, 4, 6]);
    expect(names(train).every((name) => name.startsWith("train"))).toBe(true);
    expect(names(test).every((name) => name.startsWith("Test"))).toBe(true);
    expect(new Set(labelsOf(train).slice(-5)).size).toBe(2);
  });

  test("with fewer training images when asked", async () => {
    const { train, test } = await load(await dealt(), { train: 5 });
    expect([train.rows, test?.rows]).toEqual([5, 6]);
  });

  test("and refuses to split off what has its own folder", async () => {
    expect((await failure(async () => load(await dealt(), { test: 0.2 }))).message).toBe(
      ". has a test folder of its own, so the option test has nothing to take. Remove the option.",
    );
  });

  test("and refuses a class that cannot be learnt", async () => {
    const red = await picture(2, 2, RED);
    const specFolder = folder({ "train/a/1.png": red, "train/b/1.png": red, "test/c/1.png": red });
    expect((await failure(() => load(specFolder))).message).toContain(
      'test or validation images of the class "c" and none to train on',
    );
  });

  test('but "train" can be a class: then it holds images', async () => {
    const red = await picture(2, 2, RED);
    const { train } = await load(folder({ "train/1.png": red, "plane/1.png": red }));
    expect(train.columns.get("label")).toMatchObject({ levels: ["plane", "train"] });
  });
});

describe("datasets.image_folder refuses, naming the folder or file", () => {
  test("a missing folder, a file, an empty folder, a folder of loose images, one class", async () => {
    const red = await picture(2, 2, RED);
    const specFolder = folder({
      "file.txt": "x",
      "empty/.keep": "",
      "loose/1.png": red,
      "one/cat/1.png": red,
    });
    const from = async (dir: string) => (await failure(() => load(specFolder, {}, dir))).message;
    expect(await from("none")).toBe(
      "The folder none is not there. Relative paths start at the spec's folder.",
    );
    expect(await from("file.txt")).toBe(
      "The folder file.txt is a file, and a folder of class folders is needed.",
    );
    expect(await from("empty")).toBe(
      "empty has no class folders with images. Put the images of each class (png, jpeg, webp) into a folder named after it.",
    );
    expect(await from("loose")).toContain("loose has no class folders with images.");
    expect(await from("one")).toBe(
      'one has images of one class only, "cat". There must be folders of two or more classes to tell apart.',
    );
  });

  test("a text file named .png", async () => {
    const specFolder = folder({ "pets/a/1.png": "not a picture", "pets/b/2.png": await picture(2, 2, RED) });
    const file = path.join(specFolder, "pets/a/1.png");
    expect((await failure(() => load(specFolder, {}, "pets"))).message).toBe(
      `${file} cannot be read as an image: what is in it is no image. Replace or remove it, or pass over such files with { broken: "skip" }.`,
    );
  });

  test("a drawing named .png", async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>';
    const specFolder = folder({ "a/1.png": svg, "b/2.png": await picture(2, 2, RED) });
    expect((await failure(() => load(specFolder))).message).toContain(
      "it is SVG, and only PNG, JPEG and WebP are read",
    );
  });

  test("an image that is cut short: when it is read, or at once when such are skipped", async () => {
    const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * at * 7919) % 256));
    const made = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
    const [png, jpeg, webp] = await Promise.all([
      made.clone().png().toBuffer(),
      made.clone().jpeg().toBuffer(),
      made.clone().webp().toBuffer(),
    ]);
    for (const [name, bytes] of [
      ["x.png", png],
      ["x.jpg", jpeg],
      ["x.webp", webp],
    ] as const) {
      const specFolder = folder({
        "a/1.png": png,
        "b/2.png": png,
        [`b/${name}`]: bytes.subarray(0, bytes.length * 0.6),
      });
      const file = path.join(specFolder, "b", name);
      const bake = async () => {
        const { train } = await load(specFolder);
        await valuesOf(
          bakeTable(prepRecipe(recipe("label ~ image"), train), train, { outcomes: true }),
          "image",
        );
      };
      expect((await failure(bake)).message, name).toContain(
        `${file} cannot be read as an image: it is damaged or cut short.`,
      );
      const { train, notes } = await load(specFolder, { broken: "skip" });
      expect(names(train).sort(), name).toEqual(["1.png", "2.png"]);
      expect(notes).toEqual([`1 broken image was skipped: ${path.join("b", name)}.`]);
    }
  });

  test("a class whose images are all broken is told, not dropped", async () => {
    const specFolder = folder({ "a/1.png": "x", "a/2.png": "y", "b/3.png": await picture(2, 2, RED) });
    expect((await failure(() => load(specFolder, { broken: "skip" }))).message).toContain(
      'Every image of the class "a"',
    );
  });

  test("mixed sizes, by two files", async () => {
    const specFolder = folder({
      "a/small.png": await picture(2, 2, RED),
      "b/large.png": await picture(3, 2, RED),
    });
    const { train } = await load(specFolder);
    const text = (await failure(() => prepRecipe(recipe("label ~ image"), train))).message;
    expect(text).toContain("small.png is 2 × 2");
    expect(text).toContain("large.png is 2 × 3");
    expect(text).toContain(".step_resize(");
  });
});

describe.runIf(hasAssets)("real photographs", () => {
  test("1,500 images of CIFAR-10 in train and test folders", async () => {
    const dataset = await load(assets, {}, "cifar10");
    expect([dataset.train.rows, dataset.test?.rows]).toEqual([1000, 500]);
    expect(dataset.train.columns.get("label")).toMatchObject({
      levels: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    });
    const prepped = prepRecipe(defaultRecipe(dataset)!, dataset.train);
    const baked = bakeTable(prepped, dataset.train, { outcomes: true });
    expect(baked.inputs.get("image")!.shape).toEqual([32, 32, 3]);
    const first = imagesOf(dataset.train)[0]!;
    const file = path.join(assets, first.id);
    const pixels = await sharp(readFileSync(file)).raw().toBuffer();
    expect(Buffer.from(await first.read()).equals(pixels)).toBe(true);
    const values = await valuesOf(baked, "image");
    expect(Array.from(values.subarray(0, 3072))).toEqual(Array.from(pixels));
  });
});
