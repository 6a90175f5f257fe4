import { describe, expect, test } from "vitest";
import {
  bakeTable,
  prepRecipe,
  takeRows,
  tunedStepOptions,
  withStepOption,
  type Baked,
  type Column,
  type Table,
  type TensorColumn,
} from "../../src/data/index.ts";
import { bakeColumns } from "../../src/data/recipe/bake.ts";
import type { RecipeDescription } from "../../src/kspec/description.ts";
import {
  all_nominal_predictors,
  all_numeric,
  all_numeric_predictors,
  all_of,
  all_outcomes,
  all_predictors,
  any_of,
  contains,
  ends_with,
  everything,
  has_role,
  has_type,
  matches,
  not,
  recipe,
  starts_with,
  tune,
} from "../../src/kspec/index.ts";
import { failure, image, table } from "./table-tools.ts";

// What steps learn and make, in numbers: recipe-parity.test.ts. Here is what one meets when they are used.

const penguins = table({
  species: ["Adelie", "Gentoo", "Adelie", "Gentoo", "Adelie", "Gentoo"],
  island: ["Dream", "Biscoe", "Dream", null, "Torgersen", "Biscoe"],
  bill_length_mm: [39, 46, 37, 50, null, 48],
  bill_depth_mm: [18, 13, 17, 15, 19, 14],
  id: [101, 102, 103, 104, 105, 106],
});

const bake = (description: RecipeDescription, rows: Table = penguins, training = rows) =>
  bakeColumns(prepRecipe(description, training), rows, { outcomes: true, training: rows === training });
const names = (description: RecipeDescription, rows?: Table) => [...bake(description, rows).columns.keys()];
const numbers = (columns: ReadonlyMap<string, unknown>, name: string) =>
  Array.from((columns.get(name) as { values: Float64Array }).values);
const messageOf = async (work: () => unknown) => (await failure(work)).message;

describe("columns are chosen", () => {
  const plain = recipe("species ~ . - island");
  const kept = (...terms: Parameters<typeof plain.step_select>) =>
    names(plain.step_select(...terms)).filter((name) => name !== "species");

  test.each([
    [[starts_with("BILL_")], ["bill_length_mm", "bill_depth_mm"]],
    [[starts_with("BILL_", { ignore_case: false }), "id"], ["id"]],
    [[ends_with(["depth_mm", "id"])], ["bill_depth_mm", "id"]],
    [[contains("_depth_")], ["bill_depth_mm"]],
    [[matches("^bill_.*th_mm$")], ["bill_length_mm", "bill_depth_mm"]],
    [
      ["id", all_of("bill_depth_mm")],
      ["id", "bill_depth_mm"],
    ],
    [[any_of("nothing", "id")], ["id"]],
    [[all_predictors(), not("id", contains("depth"))], ["bill_length_mm"]],
    [[not(all_outcomes(), "id")], ["bill_length_mm", "bill_depth_mm"]],
    [
      [all_numeric(), not(has_role("outcome")), not("id"), "id"],
      ["bill_length_mm", "bill_depth_mm", "id"],
    ],
    [[has_type("numeric")], ["bill_length_mm", "bill_depth_mm", "id"]],
    [[everything(), not(everything()), "id"], ["id"]],
  ] as [Parameters<typeof plain.step_select>, string[]][])("%#", (terms, wanted) => {
    expect(kept(...terms)).toEqual(wanted);
  });

  test("a name that is not there is told with what there is", async () => {
    expect(await messageOf(() => kept(all_of("idd")))).toBe(
      "step_select names `idd`, and there is no such column at that point. Did you mean `id`? The columns are `bill_length_mm`, `bill_depth_mm`, `id` and `species`.",
    );
  });
});

describe("roles", () => {
  const description = recipe("species ~ . - island")
    .step_impute_mean(all_numeric_predictors())
    .update_role("id", { new_role: "id" });

  test("a column of another role is kept, and does not reach the network; new data may lack it", () => {
    expect(names(description)).toEqual(["bill_length_mm", "bill_depth_mm", "id", "species"]);
    const prepped = prepRecipe(description, penguins);
    expect(prepped.predictors.map(({ name }) => name)).toEqual(["bill_length_mm", "bill_depth_mm"]);
    expect(prepped.others).toEqual([{ name: "id", kind: "numeric" }]);
    const { inputs } = bakeTable(prepped, table({ bill_length_mm: [40], bill_depth_mm: [20] }), {
      outcomes: false,
    });
    expect(inputs.get("x")!.shape).toEqual([2]);
  });

  test("steps find it by its role", () => {
    const centred = bake(description.step_center(has_role("id"))).columns;
    expect(numbers(centred, "id")).toEqual([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]);
  });

  test("a column that the formula leaves out may be given one", () => {
    const beside = recipe("species ~ bill_depth_mm").update_role("id", { new_role: "id" });
    expect(names(beside)).toEqual(["bill_depth_mm", "id", "species"]);
  });

  test("two roles of one column, and one taken away again", () => {
    const both = recipe("species ~ bill_depth_mm + id").add_role("id", { new_role: "id" });
    expect(prepRecipe(both, penguins).predictors).toHaveLength(2);
    expect(numbers(bake(both.step_center(has_role("id"))).columns, "id")[0]).toBe(-2.5);
    expect(prepRecipe(both.remove_role("id", { old_role: "predictor" }), penguins).predictors).toHaveLength(
      1,
    );
  });

  test.each([
    [
      recipe("species ~ id").add_role("id", { new_role: "outcome" }),
      "`id` cannot be predictor and outcome at once. Use update_role instead of add_role.",
    ],
    [
      recipe("species ~ id").add_role("id", { new_role: "key" }).update_role("id", { new_role: "id" }),
      "update_role: `id` has the roles predictor, key. Say which one is meant with old_role.",
    ],
    [
      recipe("species ~ id").remove_role("species", { old_role: "outcome" }),
      "The recipe's roles leave no outcome.",
    ],
  ])("refuses %#", async (description, message) => {
    expect(await messageOf(() => prepRecipe(description, penguins))).toBe(message);
  });
});

describe("missing values", () => {
  const complete = recipe("species ~ bill_length_mm + bill_depth_mm").step_naomit(all_predictors());

  test("step_naomit leaves training rows out, and says which are left", () => {
    const prepped = prepRecipe(complete, penguins);
    const baked = bakeTable(prepped, penguins, { outcomes: true, training: true });
    expect([baked.rows, Array.from(baked.kept!)]).toEqual([5, [0, 1, 2, 3, 5]]);
    expect((baked.outcomes.get("species") as { codes: Int32Array }).codes).toHaveLength(5);
  });

  test("later steps learn from the rows that are left", () => {
    const { steps } = prepRecipe(complete.step_center("bill_depth_mm"), penguins);
    expect(steps[1]!.learnt).toEqual({ bill_depth_mm: (18 + 13 + 17 + 15 + 14) / 5 });
  });

  test("a row to predict is not left out, and what is missing in it is told; with skip: false it is left out", async () => {
    const rows = table({ bill_length_mm: [null, 40], bill_depth_mm: [1, 2] });
    const skipped = prepRecipe(complete, penguins);
    expect(await messageOf(() => bakeTable(skipped, rows, { outcomes: false }))).toContain(
      "The predictor `bill_length_mm` has a missing value in row 1.",
    );
    const everywhere = prepRecipe(
      recipe("species ~ bill_length_mm + bill_depth_mm").step_naomit(all_predictors(), { skip: false }),
      penguins,
    );
    expect(bakeTable(everywhere, rows, { outcomes: false })).toMatchObject({
      rows: 1,
      kept: Int32Array.of(1),
    });
    expect(await messageOf(() => bakeTable(everywhere, takeRows(rows, [0]), { outcomes: false }))).toBe(
      "step_naomit leaves no rows: something is missing in every one of them.",
    );
  });

  test("messages name rows as they were before some were left out", async () => {
    const rows = {
      ...table({ y: [1, 2, 3], a: [null, 1, 2], b: [1, 2, null] }),
      lines: Int32Array.of(2, 3, 4),
    };
    const prepped = prepRecipe(recipe("y ~ a + b").step_naomit("a"), rows);
    expect(await messageOf(() => bakeTable(prepped, rows, { outcomes: true, training: true }))).toContain(
      "`b` has a missing value in line 4",
    );
  });

  test("steps that cannot do with them say which step helps", async () => {
    const pca = recipe("species ~ bill_length_mm + bill_depth_mm").step_pca(all_predictors());
    expect(await messageOf(() => prepRecipe(pca, penguins))).toBe(
      "step_pca: `bill_length_mm` in row 5 is missing. Fill it in or remove the row, or put step_impute_mean or step_naomit before step_pca.",
    );
  });
});

describe("classes", () => {
  test("a new class is taken where step_novel was there, and told where it was not", async () => {
    const safe = recipe("species ~ island").step_novel("island").step_unknown("island").step_dummy("island");
    const rows = table({ species: ["Adelie", "Gentoo"], island: ["Marion", null] });
    const { columns } = bake(safe, rows, penguins);
    expect(numbers(columns, "island_new")).toEqual([1, 0]);
    expect(numbers(columns, "island_unknown")).toEqual([0, 1]);
    const careless = recipe("species ~ island").step_unknown("island").step_dummy("island");
    expect(await messageOf(() => bake(careless, rows, penguins))).toBe(
      'step_unknown: `island` in row 1 is "Marion", a class the training rows do not have. They have `Biscoe`, `Dream` and `Torgersen`. With step_novel before step_unknown the model takes such classes.',
    );
  });

  test("an outcome whose rare classes are joined: the model knows those that are left, the data have all", () => {
    const description = recipe("island ~ bill_depth_mm")
      .step_naomit("island", { skip: false })
      .step_other("island", {
        threshold: 2,
      });
    const prepped = prepRecipe(description, penguins);
    expect(prepped.outcomes).toEqual([
      {
        name: "island",
        levels: ["Biscoe", "Dream", "other"],
        from: { levels: ["Biscoe", "Dream", "Torgersen"] },
      },
    ]);
    const { outcomes } = bakeTable(prepped, penguins, { outcomes: true });
    expect((outcomes.get("island") as { codes: Int32Array }).codes).toEqual(Int32Array.of(1, 0, 1, 2, 0));
  });
});

describe("step_mutate", () => {
  const ratio = recipe("species ~ bill_length_mm + bill_depth_mm").step_mutate({
    ratio: (d) => d.bill_length_mm / d.bill_depth_mm,
    deep: (d) => (d.bill_depth_mm > 16 ? "deep" : "flat"),
  });

  test("is saved as text, and computed without the spec", () => {
    const prepped = prepRecipe(
      ratio.step_impute_mean("ratio", "bill_length_mm").step_dummy("deep"),
      penguins,
    );
    expect(prepped.steps[0]!.options).toEqual({
      expressions: {
        ratio: "(d) => d.bill_length_mm / d.bill_depth_mm",
        deep: '(d) => d.bill_depth_mm > 16 ? "deep" : "flat"',
      },
    });
    const read = JSON.parse(JSON.stringify(prepped)) as typeof prepped;
    const rows = table({ bill_length_mm: [40, 30], bill_depth_mm: [20, 10] });
    const { inputs } = bakeTable(read, rows, { outcomes: false });
    expect(Array.from((inputs.get("x") as TensorColumn).values)).toEqual([40, 20, 2, 0, 30, 10, 3, 1]);
  });

  test("reads missing classes as null, missing numbers as NaN, and names that are no words", () => {
    const odd = table({ y: [1, 2, 3], "a b": [1, null, 3], zone: ["u", null, "v"] });
    const { columns } = bake(
      recipe("y ~ .")
        .step_mutate({
          known: (d) => d.zone !== null,
          twice: (d) => 2 * d["a b"],
          filled: (d) => d.zone ?? "none",
        })
        .step_rm("zone")
        .step_dummy(all_nominal_predictors(), { one_hot: true }),
      odd,
    );
    expect(numbers(columns, "known")).toEqual([1, 0, 1]);
    expect(numbers(columns, "twice")).toEqual([2, NaN, 6]);
    expect(["none", "u", "v"].map((level) => numbers(columns, `filled_${level}`))).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });

  test("of an outcome: new data may lack it", () => {
    const description = recipe("bill_depth_mm ~ id").step_mutate({
      bill_depth_mm: (d) => Math.sqrt(d.bill_depth_mm),
    });
    const prepped = prepRecipe(description, penguins);
    expect(bakeTable(prepped, table({ id: [1] }), { outcomes: false }).rows).toBe(1);
    const { outcomes } = bakeTable(prepped, table({ id: [1], bill_depth_mm: [16] }), { outcomes: true });
    expect(outcomes.get("bill_depth_mm")).toEqual({ kind: "numeric", values: Float32Array.of(4) });
  });

  const factor = 2;
  test.each([
    [{ a: (d: { id: number }) => d.id * factor }, 'Invalid variable reference: "factor"'],
    [{ a: (d: { id: number }) => [d.id].map(Number) }, "cannot be computed of one row alone"],
    [
      { a: (d: { idd: number }) => d.idd },
      "reads the column `idd`, and there is no such column at that point.",
    ],
    [{ a: (d: { id: number }) => d.id * Math.random() }, "it calls random()"],
    [
      { a: (d: { id: number }) => (d.id > 103 ? "far" : 1) },
      "gives a text in one row and a number in another",
    ],
    [
      {
        a(d: { id: number }) {
          return d.id;
        },
      },
      "it is not written as (d) => …",
    ],
  ])("refuses %#", async (expressions, message) => {
    const description = recipe("species ~ id").step_mutate(expressions as never);
    expect(await messageOf(() => prepRecipe(description, penguins))).toContain(message);
  });

  test("a function that looks at other rows is refused: what it gives would depend on who else is predicted", async () => {
    const description: RecipeDescription = {
      kind: "recipe",
      formula: "species ~ id",
      steps: [{ step: "mutate", terms: [], options: { expressions: { a: "(d) => d.id - mean(d.id)" } } }],
    };
    expect(await messageOf(() => prepRecipe(description, penguins))).toContain(
      "Aggregate function not allowed",
    );
  });
});

describe("step_collapse", () => {
  const photos = { kind: "image", images: Array.from({ length: 6 }, () => image("p", 2, 2)) } as const;
  const shapes = ({ inputs }: Baked) => [...inputs].map(([name, { shape }]) => [name, shape]);
  const numeric = recipe("species ~ bill_length_mm + bill_depth_mm + id").step_impute_median(
    "bill_length_mm",
  );

  test("makes one input of shape [1, k], in the order in which columns are named", () => {
    const description = numeric.step_collapse("id", "bill_depth_mm", "bill_length_mm");
    const baked = bakeTable(prepRecipe(description, penguins), penguins, { outcomes: true });
    expect(shapes(baked)).toEqual([["predictor_matrix", [1, 3]]]);
    expect(Array.from((baked.inputs.get("predictor_matrix") as TensorColumn).values.subarray(0, 3))).toEqual([
      101, 18, 39,
    ]);
  });

  test("several make several inputs by name, beside images too", () => {
    const rows = { ...penguins, columns: new Map<string, Column>([...penguins.columns, ["photo", photos]]) };
    const description = recipe("species ~ bill_depth_mm + id + photo")
      .step_collapse("id", { new_col: "number" })
      .step_collapse("bill_depth_mm", { new_col: "size" });
    expect(shapes(bakeTable(prepRecipe(description, rows), rows, { outcomes: true }))).toEqual([
      ["photo", [2, 2, 1]],
      ["number", [1, 1]],
      ["size", [1, 1]],
    ]);
  });

  test("numbers that are left beside are told", async () => {
    expect(
      await messageOf(() => prepRecipe(numeric.step_collapse("id", { new_col: "number" }), penguins)),
    ).toBe(
      "Beside the inputs that step_collapse made (`number`) there are numbers left: `bill_length_mm` and `bill_depth_mm`. Collapse them too, or leave them out of the formula.",
    );
  });
});

describe("tune() in options of steps", () => {
  const description = recipe("species ~ bill_length_mm + bill_depth_mm")
    .step_impute_mean(all_predictors(), { trim: tune("trimmed") })
    .step_pca(all_numeric_predictors(), { num_comp: tune() });

  test("is found by its id, and given values", () => {
    const found = tunedStepOptions(description);
    expect(found).toEqual([
      { step: 0, option: "trim", id: "trimmed" },
      { step: 1, option: "num_comp", id: "num_comp" },
    ]);
    const settled = withStepOption(withStepOption(description, 0, "trim", 0.1), 1, "num_comp", 1);
    expect(tunedStepOptions(settled)).toEqual([]);
    expect(names(settled)).toEqual(["species", "PC1"]);
    // What it was made from is as it was.
    expect(tunedStepOptions(description)).toHaveLength(2);
  });

  test("a recipe with one left over learns nothing", async () => {
    expect(await messageOf(() => prepRecipe(description, penguins))).toBe(
      "step_impute_mean: `trim` is tune(), and a recipe learns with values alone. Tune the workflow, put the best value in with finalize_workflow, or write a value.",
    );
  });
});

describe("a recipe learns from its training rows alone", () => {
  const rows = 40;
  const values = (by: number) => Array.from({ length: rows }, (_, row) => Math.sin(row * by) + (row % 7));
  const data = (assessment: number) =>
    table({
      y: values(1),
      a: values(2).map((value, row) => (row % 5 === 0 ? null : row >= 30 ? value * assessment : value)),
      b: values(3).map((value, row) => (row >= 30 ? value + assessment : value)),
      c: values(5),
      constant: values(1).map((_, row) => (row >= 30 ? assessment : 4)),
      city: Array.from({ length: rows }, (_, row) =>
        row >= 30 && assessment > 1 ? "Bonn" : ["Bonn", "Kiel", "Ulm", null][row % 4]!,
      ),
    });
  const analysis = Array.from({ length: 30 }, (_, row) => row);
  const description = recipe("y ~ .")
    .step_zv(all_numeric_predictors())
    .step_impute_mean("a", { trim: 0.05 })
    .step_impute_mode("city")
    .step_other("city", { threshold: 0.3 })
    .step_dummy("city")
    .step_range("b")
    .step_normalize(all_numeric_predictors())
    .step_corr(all_numeric_predictors(), { threshold: 0.95 })
    .step_pca(all_numeric_predictors(), { threshold: 0.9 });

  test("learning from a fold's analysis rows is learning from these rows by themselves", () => {
    const ofFold = prepRecipe(description, takeRows(data(1), analysis));
    const columns = [...data(1).columns].map(([name, column]) => {
      if (column.kind === "nominal")
        return [name, analysis.map((row) => column.levels[column.codes[row]!] ?? null)] as const;
      if (column.kind !== "numeric") throw new Error("There are no others.");
      return [
        name,
        analysis.map((row) => (Number.isNaN(column.values[row]!) ? null : column.values[row]!)),
      ] as const;
    });
    expect(prepRecipe(description, table(Object.fromEntries(columns)))).toEqual(ofFold);
  });

  test("other assessment rows change nothing of what is learnt, nor of how analysis rows are baked", () => {
    const [before, after] = [1, 1000].map((assessment) => {
      const train = takeRows(data(assessment), analysis);
      const prepped = prepRecipe(description, train);
      return { prepped, baked: bakeTable(prepped, train, { outcomes: true, training: true }) };
    });
    expect(after).toEqual(before);
  });
});

describe("recipes of runs from before", () => {
  test("bake as they did", () => {
    // What model/recipe.json held when steps had no skip, dummies no keep_original_cols, and predictors no ranges.
    const saved = {
      formula: "species ~ bill_depth_mm + island",
      predictors: [
        { name: "bill_depth_mm", kind: "numeric" },
        { name: "island", kind: "nominal" },
      ],
      outcomes: [{ name: "species", levels: ["Adelie", "Gentoo"] }],
      steps: [
        {
          step: "normalize",
          columns: ["bill_depth_mm"],
          options: {},
          learnt: { bill_depth_mm: { mean: 16, sd: 2 } },
        },
        {
          step: "dummy",
          columns: ["island"],
          options: { one_hot: false },
          learnt: { island: ["Biscoe", "Dream"] },
        },
      ],
    } as const;
    const rows = table({ bill_depth_mm: [18, 12], island: ["Dream", "Biscoe"] });
    const { inputs } = bakeTable(saved, rows, { outcomes: false });
    expect(Array.from((inputs.get("x") as TensorColumn).values)).toEqual([1, 1, -2, 0]);
  });
});
