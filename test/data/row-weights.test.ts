import { describe, expect, test } from "vitest";
import { rowWeightsOf, withoutWeights } from "../../src/data/index.ts";
import { table } from "./table-tools.ts";

describe("fit_sample_weight", () => {
  const cars = table({ mpg: [21, 22.8, 18.7], cyl: [6, 4, 8], weight: [1, 0.5, 0], maker: ["a", "b", "a"] });

  test("a column of numbers is the rows' weights, and no predictor", () => {
    expect([...rowWeightsOf(cars, "weight")]).toEqual([1, 0.5, 0]);
    expect([...withoutWeights(cars, "weight").columns.keys()]).toEqual(["mpg", "cyl", "maker"]);
  });

  test.each([
    [
      "wieght",
      "fit_sample_weight names the column `wieght`, and the data have no such column. Did you mean `weight`? The columns are `mpg`, `cyl`, `weight` and `maker`.",
    ],
    ["maker", "fit_sample_weight names the column `maker`, which does not hold numbers: name one that does."],
  ])("%s is refused", (name, message) => {
    expect(() => withoutWeights(cars, name)).toThrow(message);
  });

  test.each([
    [[1, -2, 1], "fit_sample_weight: `weight` is -2 in row 2, and a weight is a number from 0."],
    [[1, 1, NaN], "fit_sample_weight: `weight` is missing in row 3, and a weight is a number from 0."],
  ])("%o is refused", (weight, message) => {
    expect(() => rowWeightsOf(table({ weight }), "weight")).toThrow(message);
  });
});
