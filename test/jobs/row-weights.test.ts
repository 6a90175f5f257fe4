import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { RunnableWorkflow } from "../../src/jobs/choose-workflow.ts";
import { rowsOf } from "../../src/jobs/read-rows.ts";
import { datasets } from "../../src/kspec/datasets.ts";
import { recipe } from "../../src/kspec/recipe.ts";

const folder = mkdtempSync(path.join(tmpdir(), "row-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));
const lines = Array.from({ length: 20 }, (_, i) => `${i},${2 * i},${i % 4}`);
writeFileSync(path.join(folder, "cars.csv"), ["mpg,cyl,weight", ...lines].join("\n"));

const rows = (formula: string, args: object) =>
  rowsOf(
    {
      model: { spec: { mode: "regression" }, arguments: args },
      data: datasets.csv("cars.csv", { test: 5, validation: 3, seed: 1 }),
      recipe: recipe(formula),
    } as unknown as RunnableWorkflow,
    { specFolder: folder },
  );

describe("fit_sample_weight", () => {
  test("rows to learn from and to validate on have the weight of their line; `.` leaves the column out", async () => {
    const { train, validation, test } = await rows("mpg ~ .", { fit_sample_weight: "weight" });
    expect([...train.baked.inputs].map(([, { shape }]) => shape)).toEqual([[1]]);
    for (const set of [train, validation!]) {
      const { values } = set.baked.outcomes.get("mpg") as { values: Float32Array };
      expect([...set.baked.weights!]).toEqual(Array.from(values, (mpg) => mpg % 4));
    }
    expect(test!.baked.weights).toBeUndefined();
  });

  test("a formula may say so itself", async () => {
    const { train } = await rows("mpg ~ . - weight", { fit_sample_weight: "weight" });
    expect([...train.baked.inputs].map(([, { shape }]) => shape)).toEqual([[1]]);
    expect(train.baked.weights).toHaveLength(12);
  });

  test("without it the column is a predictor like others", async () => {
    const { train } = await rows("mpg ~ .", {});
    expect([...train.baked.inputs].map(([, { shape }]) => shape)).toEqual([[2]]);
    expect(train.baked.weights).toBeUndefined();
  });

  test("it is refused where the formula names the column", async () => {
    await expect(rows("mpg ~ cyl + weight", { fit_sample_weight: "weight" })).rejects.toThrow(
      "fit_sample_weight takes the column `weight`, and the formula `mpg ~ cyl + weight` names it too: a weight is neither outcome nor predictor. Take it out of the formula.",
    );
    await expect(rows("mpg ~ cyl", { fit_sample_weight: 2 })).rejects.toThrow(
      "fit_sample_weight is the name of a column with the weight of each row, and it is 2.",
    );
  });
});
