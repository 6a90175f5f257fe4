import path from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { bakeTable, prepRecipe, readNewData, type PreppedRecipe } from "../../src/data/index.ts";
import { recipe } from "../../src/kspec/index.ts";
import { failure, folder, image, table, valuesOf } from "./table-tools.ts";

const fitted = prepRecipe(
  recipe("species ~ mass + sex").step_dummy("sex"),
  table({ species: ["Adelie", "Gentoo"], mass: [1, 2], sex: ["f", "m"] }),
);

describe("readNewData from a CSV", () => {
  const read = (content: string, prepped = fitted) =>
    readNewData("new.csv", prepped, { specFolder: folder({ "new.csv": content }) });

  test("gives rows, their numbers, and the input's own cells", async () => {
    const { table: rows, ids, header, records } = await read("sex,mass,note\nm,3,x\nf,4,y\n");
    expect(ids).toEqual(["1", "2"]);
    expect(header).toEqual(["sex", "mass", "note"]);
    expect(records).toEqual([
      ["m", "3", "x"],
      ["f", "4", "y"],
    ]);
    const baked = bakeTable(fitted, rows, { outcomes: false });
    expect(Array.from(await valuesOf(baked, "x"))).toEqual([3, 1, 4, 0]);
  });

  test("finds the delimiter by itself", async () => {
    const { header } = await read("sex;mass\nm;3\n");
    expect(header).toEqual(["sex", "mass"]);
  });

  test("reads classes as classes though they look like numbers", async () => {
    const classes = prepRecipe(recipe("y ~ k").step_dummy("k"), table({ y: ["0", "1"], k: ["1", "2"] }));
    const { table: rows } = await read("k,y\n2,1\n1,0\n", classes);
    const baked = bakeTable(classes, rows, { outcomes: true });
    expect(Array.from(await valuesOf(baked, "x"))).toEqual([1, 0]);
    expect(Array.from((baked.outcomes.get("y") as { codes: Int32Array }).codes)).toEqual([1, 0]);
  });

  test("tells the line of a cell that is no number", async () => {
    const { table: rows } = await read("sex,mass\nm,3\nf,heavy\n");
    const bake = () => bakeTable(fitted, rows, { outcomes: false });
    expect((await failure(bake)).message).toContain('`mass` must hold numbers, and it is "heavy" in line 3');
  });

  test("a missing column, an image, a missing file", async () => {
    const { table: rows } = await read("sex,weight\nm,3\n");
    expect((await failure(() => bakeTable(fitted, rows, { outcomes: false }))).message).toBe(
      "The data have no column `mass`, which the model needs as a predictor. Their columns are `sex` and `weight`.",
    );
    const context = { specFolder: folder() };
    expect((await failure(() => readNewData("photo.png", fitted, context))).message).toContain(
      "photo.png is an image, and the model takes a table. Name a CSV file with the columns `mass` and `sex`.",
    );
    expect((await failure(() => readNewData("none.csv", fitted, context))).message).toContain("is not there");
  });
});

describe("readNewData of images", () => {
  const prepped: PreppedRecipe = prepRecipe(
    recipe("label ~ image").step_resize("image", { height: 2, width: 2 }),
    table({ label: ["cat", "dog"], image: [image("1", 2, 2, 3), image("2", 2, 2, 3)] }),
  );
  const picture = (size: number) =>
    sharp({ create: { width: size, height: size, channels: 3, background: "red" } })
      .png()
      .toBuffer();

  async function pictures() {
    const [small, large] = await Promise.all([picture(2), picture(5)]);
    return folder({
      "loose/a.png": small,
      "loose/b.png": large,
      "loose/notes.txt": "x",
      "pets/dog/1.png": small,
      "pets/cat/2.png": small,
      "split/test/dog/3.png": small,
      "others/bird/4.png": small,
      "others/cat/5.png": small,
      "list.csv": "id,image,label\n7,loose/a.png,cat\n8,pets/dog/1.png,dog\n",
    });
  }
  const label = (data: Awaited<ReturnType<typeof readNewData>>) => {
    const column = data.table.columns.get("label");
    return column?.kind === "nominal" ? Array.from(column.codes, (code) => column.levels[code]) : undefined;
  };

  test("files, by their paths", async () => {
    const specFolder = await pictures();
    const data = await readNewData(["loose/a.png", "loose/b.png"], prepped, { specFolder });
    expect(data.ids).toEqual(["loose/a.png", "loose/b.png"]);
    expect([data.header, data.records]).toEqual([["image"], [["loose/a.png"], ["loose/b.png"]]]);
    const baked = bakeTable(prepped, data.table, { outcomes: false });
    expect(baked.inputs.get("image")!.shape).toEqual([2, 2, 3]);
    expect(Array.from((await valuesOf(baked, "image")).slice(0, 3))).toEqual([255, 0, 0]);
  });

  test("a folder, without truth", async () => {
    const data = await readNewData("loose", prepped, { specFolder: await pictures() });
    expect(data.ids).toEqual([path.join("loose", "a.png"), path.join("loose", "b.png")]);
    expect(label(data)).toBeUndefined();
    expect(data.notes).toEqual(["1 file in loose that is no image was passed over."]);
  });

  test("class folders, which are the truth, also below a test folder", async () => {
    const specFolder = await pictures();
    const pets = await readNewData("pets", prepped, { specFolder });
    expect(label(pets)).toEqual(["cat", "dog"]);
    const { outcomes } = bakeTable(prepped, pets.table, { outcomes: true });
    expect(Array.from((outcomes.get("label") as { codes: Int32Array }).codes)).toEqual([0, 1]);
    expect(label(await readNewData("split", prepped, { specFolder }))).toEqual(["dog"]);
  });

  test("a folder that is no class is told when the truth is asked for, not before", async () => {
    const data = await readNewData("others", prepped, { specFolder: await pictures() });
    bakeTable(prepped, data.table, { outcomes: false });
    expect((await failure(() => bakeTable(prepped, data.table, { outcomes: true }))).message).toBe(
      'The outcome `label` is "bird" in row 1, and the model knows only `cat` and `dog`.',
    );
  });

  test("a CSV of paths", async () => {
    const data = await readNewData("list.csv", prepped, { specFolder: await pictures() });
    expect(data.ids).toEqual(["1", "2"]);
    expect(label(data)).toEqual(["cat", "dog"]);
    const values = await valuesOf(bakeTable(prepped, data.table, { outcomes: true }), "image");
    expect(values.length).toBe(24);
  });

  test("what is not there, what is no image, what is empty", async () => {
    const specFolder = await pictures();
    const from = async (...targets: string[]) =>
      (await failure(() => readNewData(targets, prepped, { specFolder }))).message;
    expect(await from("none.png")).toBe("none.png is not there.");
    expect(await from("loose/notes.txt", "loose/a.png")).toContain("loose/notes.txt is no image");
    expect(await from()).toContain("No data are named");
    const empty = folder();
    expect(await from(empty)).toContain("has no images (png, jpeg, webp) in it or in the folders below");
  });
});
