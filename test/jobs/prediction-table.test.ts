import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { classes, predictionColumns, toCsv, truthColumn } from "../../src/jobs/prediction-table.ts";

const prediction = (units: number, ...values: number[]) => ({ units, values: Float32Array.from(values) });

describe("columns of predictions are named as tidymodels names them", () => {
  it("in classification", () => {
    const columns = predictionColumns(
      [{ name: "species", levels: ["cat", "dog"] }],
      new Map([["species", prediction(2, 0.9, 0.1, 0.25, 0.75)]]),
    );
    expect([...columns]).toEqual([
      [".pred_class", ["cat", "dog"]],
      [".pred_cat", [0.9, 0.25]],
      [".pred_dog", [0.1, 0.75]],
    ]);
  });

  it("in regression", () => {
    const columns = predictionColumns([{ name: "y" }], new Map([["y", prediction(1, 1.5, -2)]]));
    expect([...columns]).toEqual([[".pred", [1.5, -2]]]);
  });

  it("with several outcomes, also of both kinds (kerasnip)", () => {
    const columns = predictionColumns(
      [{ name: "kind", levels: ["a", "b"] }, { name: "size" }],
      new Map([
        ["kind", prediction(2, 0.5, 0.5)],
        ["size", prediction(1, 3)],
      ]),
    );
    expect([...columns.keys()]).toEqual([".pred_class_kind", ".pred_kind_a", ".pred_kind_b", ".pred_size"]);
  });
});

it("the class is the likeliest one, the first of equals", () => {
  expect(classes(prediction(3, 0.2, 0.4, 0.4, 0, 0, 1))).toEqual([1, 2]);
});

it("CSV is read back as it was, whatever is in the cells", () => {
  const columns = new Map<string, (string | number | null)[]>([
    [".pred_class", ["plain", 'say "hi"', "two\nlines"]],
    ["name, with comma", ["a,b", " space ", null]],
    ["size", [0.1, 1e-9, -3]],
  ]);
  expect(parse(toCsv(columns))).toEqual([
    [".pred_class", "name, with comma", "size"],
    ["plain", "a,b", "0.1"],
    ['say "hi"', " space ", "1e-9"],
    ["two\nlines", "", "-3"],
  ]);
});

it("a truth that is missing is an empty cell", () => {
  expect(truthColumn({ kind: "nominal", levels: ["a", "b"], codes: Int32Array.from([1, -1, 0]) })).toEqual([
    "b",
    null,
    "a",
  ]);
  expect(truthColumn({ kind: "numeric", values: Float32Array.from([0.1]) })).toEqual([0.1]);
});
