import { describe, expect, test } from "vitest";
import {
  bakeTable,
  defaultRecipe,
  prepRecipe,
  readAll,
  type Baked,
  type StreamedColumn,
  type Table,
  type TensorColumn,
} from "../../src/data/index.ts";
import {
  recipe,
  all_nominal_predictors,
  all_numeric_predictors,
  all_predictors,
} from "../../src/kspec/index.ts";
import type { RecipeDescription } from "../../src/kspec/description.ts";
import { failure, image, table, valuesOf } from "./table-tools.ts";

const train = table({
  price: [10, 20, 30, 40],
  area: [1, 2, 3, 6],
  zone: ["b", "a", "c", "a"],
  rooms: [2, 3, 2, 4],
});

async function baked(description: RecipeDescription, rows: Table = train, training = rows): Promise<Baked> {
  return bakeTable(prepRecipe(description, training), rows, { outcomes: true });
}

const matrix = ({ inputs }: Baked) => Array.from((inputs.get("x") as TensorColumn).values);
const pixels = async (baked: Baked, name = "image") => Array.from(await valuesOf(baked, name));

describe("a recipe for a table", () => {
  test("makes one matrix of the numeric predictors, in the formula's order", async () => {
    const result = await baked(recipe("price ~ rooms + area"));
    expect([...result.inputs.keys()]).toEqual(["x"]);
    expect(result.inputs.get("x")!.shape).toEqual([2]);
    expect(matrix(result)).toEqual([2, 1, 3, 2, 2, 3, 4, 6]);
    expect(result.outcomes.get("price")).toEqual({
      kind: "numeric",
      values: Float32Array.of(10, 20, 30, 40),
    });
  });

  test("step_normalize: n − 1, as recipes; learnt from the training rows alone", async () => {
    const description = recipe("price ~ area").step_normalize(all_numeric_predictors());
    const prepped = prepRecipe(description, train);
    // mean 3, sd sqrt((4 + 1 + 0 + 9) / 3)
    const sd = Math.sqrt(14 / 3);
    expect(prepped.steps[0]!.learnt).toEqual({ area: { mean: 3, sd } });
    const other = bakeTable(prepped, table({ area: [3, 3 + sd] }), { outcomes: false });
    expect(matrix(other)).toEqual([0, 1]);
    expect(other.outcomes.size).toBe(0);
  });

  test("step_dummy: R's treatment coding, the first level dropped, or one-hot", async () => {
    const r = recipe("price ~ area + zone");
    const treated = await baked(r.step_dummy(all_nominal_predictors()));
    expect(treated.inputs.get("x")!.shape).toEqual([3]);
    expect(matrix(treated)).toEqual([1, 1, 0, 2, 0, 0, 3, 0, 1, 6, 0, 0]);
    const full = await baked(r.step_dummy("zone", { one_hot: true }));
    expect(matrix(full)).toEqual([1, 0, 1, 0, 2, 1, 0, 0, 3, 0, 0, 1, 6, 1, 0, 0]);
  });

  test("later steps see what earlier ones made", async () => {
    const description = recipe("price ~ area + zone")
      .step_dummy(all_nominal_predictors())
      .step_rescale("zone_c", { scale: 10, offset: 1 })
      .step_normalize("area");
    const { steps } = prepRecipe(description, train);
    expect(steps.map(({ columns }) => columns)).toEqual([["zone"], ["zone_c"], ["area"]]);
    expect(matrix(await baked(description)).filter((_, at) => at % 3 === 2)).toEqual([1, 1, 11, 1]);
  });

  test("several outcomes, numbers and classes beside each other", async () => {
    const { outcomes } = await baked(recipe("price + zone ~ area"));
    expect(outcomes.get("zone")).toEqual({
      kind: "nominal",
      levels: ["a", "b", "c"],
      codes: Int32Array.of(1, 0, 2, 0),
    });
    expect(outcomes.get("price")!.kind).toBe("numeric");
  });

  test("what was learnt survives JSON and bakes the same", async () => {
    const description = recipe("zone ~ .").step_normalize(all_numeric_predictors());
    const prepped = prepRecipe(description, train);
    const read = JSON.parse(JSON.stringify(prepped)) as typeof prepped;
    expect(read).toEqual(prepped);
    expect(matrix(bakeTable(read, train, { outcomes: true }))).toEqual(matrix(await baked(description)));
  });

  test("a selector that finds nothing does nothing", async () => {
    expect(matrix(await baked(recipe("price ~ area").step_dummy(all_nominal_predictors())))).toEqual([
      1, 2, 3, 6,
    ]);
  });

  test("the training table is left as it was", async () => {
    await baked(recipe("price ~ area").step_rescale("area", { scale: 2 }));
    expect(train.columns.get("area")).toEqual({ kind: "numeric", values: Float64Array.of(1, 2, 3, 6) });
  });

  test.each([
    [
      recipe("price ~ zone"),
      "`zone` holds classes, and a network takes numbers. Add .step_dummy(all_nominal_predictors()) to the recipe.",
    ],
    [
      recipe("price ~ zone").step_normalize(all_predictors()),
      "step_normalize takes numbers, and `zone` holds classes. Use step_rescale for images, step_dummy for classes, or all_numeric_predictors() here.",
    ],
    [
      recipe("price ~ area").step_normalize("aera"),
      "step_normalize names `aera`, and there is no such column at that point. Did you mean `area`? The columns are `area` and `price`.",
    ],
    [recipe("price ~ area").step_dummy("area"), "step_dummy takes classes, and `area` holds numbers."],
    [recipe("zone ~ area").step_dummy("zone"), "step_dummy names the outcome `zone`. Leave it out"],
  ])("refuses %#", async (description, message) => {
    expect((await failure(() => baked(description))).message).toContain(message);
  });

  test("a step that does not exist, or options that do not", async () => {
    const step = (name: string, options: object): RecipeDescription => ({
      kind: "recipe",
      formula: "price ~ area",
      steps: [{ step: name, terms: ["area"], options: { ...options } }],
    });
    expect(() => prepRecipe(step("normalise", {}), train)).toThrow(
      "There is no step_normalise. Did you mean `step_normalize`?",
    );
    expect(() => prepRecipe(step("rescale", { scal: 2 }), train)).toThrow(
      "step_rescale has no option `scal`. Did you mean `scale`?",
    );
    expect(() => prepRecipe(step("resize", { height: 0, width: 2 }), train)).toThrow(
      "step_resize: `height` is 0, and must be a whole number of pixels, 1 or more.",
    );
    expect(() => prepRecipe(step("resize", { height: 2 }), train)).toThrow(
      "step_resize needs the option `width`",
    );
  });

  test("a constant column cannot be normalized", () => {
    const rows = table({ y: [1, 2, 3], same: [0.1, 0.1, 0.1] });
    expect(() => prepRecipe(recipe("y ~ same").step_normalize("same"), rows)).toThrow(
      "step_normalize: `same` is 0.1 in every training row, so it cannot be normalized and tells nothing. Take it out with step_zv before this step, or out of the formula with `- same`.",
    );
  });

  test("an outcome of one class", () => {
    const rows = table({ y: ["a", "a"], x: [1, 2] });
    expect(() => prepRecipe(recipe("y ~ x"), rows)).toThrow('The outcome `y` has one class only, "a".');
  });
});

describe("missing values are told by column and row", () => {
  test("in a predictor", async () => {
    const rows = table({ y: [1, 2, 3], age: [1, null, null] });
    expect((await failure(() => baked(recipe("y ~ age"), rows))).message).toBe(
      "The predictor `age` has 2 missing values, the first in row 2. Fill them in or remove the rows, or take the column out of the formula with `- age`.",
    );
  });

  test("by the line where rows come from a file", async () => {
    const rows = { ...table({ y: [1, 2, 3], age: [1, null, 3] }), lines: Int32Array.of(2, 9, 4) };
    expect((await failure(() => baked(recipe("y ~ age"), rows))).message).toContain(
      "a missing value in line 9",
    );
  });

  test("in an outcome, and in classes", async () => {
    expect(
      (await failure(() => baked(recipe("y ~ x"), table({ y: ["a", null, "b"], x: [1, 2, 3] })))).message,
    ).toBe("The outcome `y` has a missing value in row 2. Fill it in or remove the row.");
    const zones = table({ y: [1, 2, 3], zone: ["a", null, "b"] });
    expect((await failure(() => baked(recipe("y ~ zone").step_dummy("zone"), zones))).message).toBe(
      "step_dummy: `zone` in row 2 is missing. Fill it in or remove the row, or put step_unknown or step_impute_mode before step_dummy.",
    );
  });

  test("step_normalize leaves them out of its mean, and they are still told", async () => {
    const rows = table({ y: [1, 2, 3], age: [1, null, 3] });
    const description = recipe("y ~ age").step_normalize("age");
    expect(prepRecipe(description, rows).steps[0]!.learnt).toEqual({ age: { mean: 2, sd: Math.SQRT2 } });
    expect((await failure(() => baked(description, rows))).message).toContain(
      "`age` has a missing value in row 2",
    );
  });

  test("infinite numbers count as missing", async () => {
    const rows = table({ y: [1, 2], x: [1, Infinity] });
    expect((await failure(() => baked(recipe("y ~ x"), rows))).message).toContain("row 2");
  });
});

describe("new data", () => {
  const prepped = prepRecipe(recipe("price ~ area + zone").step_dummy("zone"), train);
  const bake = (rows: Table) => bakeTable(prepped, rows, { outcomes: false });

  test("may have its columns in any order, and others beside", async () => {
    const rows = table({ note: ["x", "y"], zone: ["c", "b"], area: [5, 6] });
    expect(matrix(await bake(rows))).toEqual([5, 0, 1, 6, 1, 0]);
  });

  test("must have the predictors", async () => {
    expect((await failure(() => bake(table({ zone: ["a"], size: [1] })))).message).toBe(
      "The data have no column `area`, which the model needs as a predictor. Their columns are `zone` and `size`.",
    );
    const evaluated = () => bakeTable(prepped, table({ zone: ["a"], area: [1] }), { outcomes: true });
    expect((await failure(evaluated)).message).toContain("no column `price`, which the model predicts");
  });

  test("must not have classes that the training rows have not", async () => {
    expect((await failure(() => bake(table({ area: [1, 2], zone: ["a", "d"] })))).message).toBe(
      'step_dummy: `zone` in row 2 is "d", a class the training rows do not have. They have `a`, `b` and `c`. With step_novel before step_dummy the model takes such classes.',
    );
  });

  test("must have numbers where there were numbers", async () => {
    expect(
      (await failure(() => bake(table({ area: ["1", "unknown"], zone: ["a", "a"] })))).message,
    ).toContain("`area` must hold numbers, and it is");
  });

  test("an outcome's classes keep the training's order; an unknown one is told", async () => {
    const classes = prepRecipe(recipe("zone ~ area"), train);
    const { outcomes } = bakeTable(classes, table({ zone: ["c", "b"], area: [1, 2] }), {
      outcomes: true,
    });
    expect(outcomes.get("zone")).toEqual({
      kind: "nominal",
      levels: ["a", "b", "c"],
      codes: Int32Array.of(2, 1),
    });
    const strange = () => bakeTable(classes, table({ zone: ["q"], area: [1] }), { outcomes: true });
    expect((await failure(strange)).message).toBe(
      'The outcome `zone` is "q" in row 1, and the model knows only `a`, `b` and `c`.',
    );
  });

  test("numbers that are classes are taken as classes", async () => {
    const classes = prepRecipe(recipe("y ~ x"), table({ y: ["0", "1"], x: [1, 2] }));
    const { outcomes } = bakeTable(classes, table({ y: [1, 0], x: [1, 2] }), { outcomes: true });
    expect(Array.from((outcomes.get("y") as { codes: Int32Array }).codes)).toEqual([1, 0]);
  });

  test("must have rows", async () => {
    expect((await failure(() => bake({ rows: 0, columns: new Map() }))).message).toContain("no rows");
  });
});

describe("a recipe for images", () => {
  const rows = table({ label: ["a", "b"], image: [image("one.png", 2, 2), image("two.png", 2, 2)] });

  test("makes an image column the input, channels last", async () => {
    const result = await baked(recipe("label ~ image"), rows);
    expect(result.inputs.get("image")).toMatchObject({ kind: "streamed", shape: [2, 2, 1], views: 1 });
    expect(await pixels(result)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test("step_rescale and step_resize are done to each, in their order", async () => {
    const description = recipe("label ~ image")
      .step_rescale("image", { scale: 1 / 2, offset: 1 })
      .step_resize(all_predictors(), { height: 1, width: 2 });
    const result = await baked(description, rows);
    expect(result.inputs.get("image")!.shape).toEqual([1, 2, 1]);
    // Rows (0, 1) and (2, 3) meet half-way at (1, 2); then half of that and 1.
    expect(await pixels(result)).toEqual([1.5, 2, 1.5, 2]);
  });

  test("several image predictors become inputs by name", async () => {
    const pairs = table({
      y: [1, 2],
      left: [image("l", 1, 1), image("l", 1, 1)],
      right: [image("r", 1, 2, 3), image("r", 1, 2, 3)],
    });
    const { inputs } = await baked(recipe("y ~ left + right"), pairs);
    expect([...inputs].map(([name, { shape }]) => [name, shape])).toEqual([
      ["left", [1, 1, 1]],
      ["right", [1, 2, 3]],
    ]);
  });

  test("sizes that differ are told by two files, unless step_resize comes", async () => {
    const mixed = table({ label: ["a", "b"], image: [image("a/one.png", 4, 6), image("b/two.png", 5, 6)] });
    expect((await failure(() => prepRecipe(recipe("label ~ image"), mixed))).message).toBe(
      'The images differ in size: a/one.png is 4 × 6 and b/two.png is 5 × 6. Add .step_resize("image", { height: 4, width: 6 }) to the recipe.',
    );
    const resized = await baked(recipe("label ~ image").step_resize("image", { height: 2, width: 3 }), mixed);
    expect(resized.inputs.get("image")!.shape).toEqual([2, 3, 1]);
  });

  test("a new image of another size is told; grey becomes colour and colour grey", async () => {
    const colour = table({ label: ["a", "b"], image: [image("1", 1, 1, 3), image("2", 1, 1, 3)] });
    const prepped = prepRecipe(recipe("label ~ image"), colour);
    expect(prepped.predictors).toEqual([{ name: "image", kind: "image", shape: [1, 1, 3] }]);
    const grey = bakeTable(prepped, table({ image: [image("g", 1, 1, 1, [7])] }), { outcomes: false });
    expect(await pixels(grey)).toEqual([7, 7, 7]);
    const large = () =>
      bakeTable(prepped, table({ image: [image("photo.jpg", 9, 9, 3)] }), { outcomes: false });
    expect((await failure(large)).message).toBe(
      'photo.jpg is 9 × 9, and the model takes images of 1 × 1. Give it such images, or fit it with .step_resize("image", { height: 1, width: 1 }) in the recipe.',
    );
    const greyModel = prepRecipe(
      recipe("label ~ image"),
      table({ label: ["a", "b"], image: [image("1", 1, 1), image("2", 1, 1)] }),
    );
    const red = bakeTable(greyModel, table({ image: [image("r", 1, 1, 3, [255, 0, 0])] }), {
      outcomes: false,
    });
    // Pillow's convert("L") of pure red.
    expect(await pixels(red)).toEqual([76]);
  });

  test("images and numbers cannot be inputs together", async () => {
    const mixed = table({ label: ["a", "b"], age: [1, 2], image: [image("1", 1, 1), image("2", 1, 1)] });
    expect((await failure(() => prepRecipe(recipe("label ~ ."), mixed))).message).toContain(
      "The predictors mix images (`image`) and numbers (`age`)",
    );
  });

  test("reading can be cancelled, and tells how far it is", async () => {
    const prepped = prepRecipe(recipe("label ~ image"), rows);
    const cancel = new AbortController();
    const slow = table({
      image: Array.from({ length: 100 }, (_, at) => ({
        ...image(`${at}`, 2, 2),
        read: () => new Promise<Uint8Array>((resolve) => setTimeout(() => resolve(new Uint8Array(4)), 20)),
      })),
    });
    const images = (rows: Table) =>
      bakeTable(prepped, rows, { outcomes: false }).inputs.get("image") as StreamedColumn;
    setTimeout(() => cancel.abort(), 40);
    const error = await failure(() => readAll(images(slow), 100, { signal: cancel.signal }));
    expect(error.name).toBe("AbortError");
    const progress: number[][] = [];
    await readAll(images(rows), 2, { onProgress: (done, total) => progress.push([done, total]) });
    expect(progress).toEqual([[2, 2]]);
  });

  test("more than the memory is refused before anything is read", async () => {
    const huge = table({ label: ["a", "b"], image: [image("1", 1, 1), image("2", 1, 1)] });
    const description = recipe("label ~ image").step_resize("image", { height: 1_000_000, width: 1_000_000 });
    const result = await baked(description, huge);
    expect((await failure(() => valuesOf(result, "image"))).message).toMatch(
      /^2 images of 1000000 × 1000000 × 1 take \d+\.\d GB in memory, and this computer has/,
    );
  });
});

describe("the default recipe", () => {
  const dataset = (train: Table) => ({ name: "", train, fingerprint: "", notes: [] });
  test("is label ~ image for labelled images, and none where nobody can tell", () => {
    expect(defaultRecipe(dataset(table({ image: [image("1", 1, 1)], label: ["a"] })))?.formula).toBe(
      "label ~ image",
    );
    expect(defaultRecipe(dataset(table({ a: [1], label: ["b"] })))).toBeUndefined();
  });
});
