import { describe, expect, test } from "vitest";
import { resolveFormula } from "../../src/data/recipe/formula.ts";

const columns = ["species", "bill_length", "body mass", "sex", "id"];
const resolve = (formula: string) => resolveFormula(formula, columns);

describe("a formula", () => {
  test.each([
    ["species ~ bill_length", ["species"], ["bill_length"]],
    ["species~bill_length+sex", ["species"], ["bill_length", "sex"]],
    ["species ~ .", ["species"], ["bill_length", "body mass", "sex", "id"]],
    ["species ~ . - id - sex", ["species"], ["bill_length", "body mass"]],
    ["species ~ . - `body mass`", ["species"], ["bill_length", "sex", "id"]],
    ["species + sex ~ bill_length", ["species", "sex"], ["bill_length"]],
    ["species ~ sex + . - id", ["species"], ["sex", "bill_length", "body mass"]],
    ["species ~ . + sex", ["species"], ["bill_length", "body mass", "sex", "id"]],
  ])("%s", (formula, outcomes, predictors) => {
    expect(resolve(formula)).toEqual({ outcomes, predictors });
  });

  test.each([
    [
      "species ~ bil_length",
      "The formula `species ~ bil_length` names `bil_length`, and the data have no such column. Did you mean `bill_length`? The columns are `species`, `bill_length`, `body mass`, `sex` and `id`.",
    ],
    ["specis ~ .", "Did you mean `species`?"],
    ["species ~ body mass", "`mass` follows another name without + or - between them"],
    ["species", "it has no ~ between outcome and predictors"],
    ["~ sex", "the outcome is missing left of ~"],
    ["species ~", "a predictor is missing at its end"],
    ["species ~ sex +", "a predictor is missing at its end"],
    ["species ~ sex ~ id", "it has more than one ~"],
    ["species ~ log(sex)", "there is (; compute with a recipe's steps"],
    ["species ~ sex * id", "there is *"],
    ["species ~ 1", "1 is a number"],
    ["species ~ sex + species", "`species` stands on both sides"],
    ["species ~ sex - sex", "no predictor is left right of ~"],
    [". ~ sex", "left of ~ stand the names of the outcomes"],
    ["species ~ + + sex", "a name is missing before +"],
  ])("%s is refused", (formula, message) => {
    expect(() => resolve(formula)).toThrow(message);
  });
});
