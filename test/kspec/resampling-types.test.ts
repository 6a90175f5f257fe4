import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { typeChecker } from "./type-check.ts";

// The first check reads TypeScript's libraries.
vi.setConfig({ testTimeout: 60_000 });
const checker = typeChecker({ kspec: path.resolve("src/kspec/index.ts") });
const START = `import { activation, datasets, grid_random, grid_regular, group_vfold_cv, hidden_units, initial_split, learn_rate,
  new_quant_param, optimizer_function, parameters, training, vfold_cv } from "kspec";
const penguins = datasets.csv("penguins.csv");\n`;
const mistakes = (text: string) => checker.mistakes(START + text).map((one) => one.replace(/^\d+: /, ""));

describe("the compiler says what is wrong with", () => {
  test.each([
    ["an option that is not there", "vfold_cv({ folds: 5 });", /'folds' does not exist/],
    ["a group that is missing", "group_vfold_cv({ v: 5 });", /'group' is missing|No overload/],
    ["a range of one number", "hidden_units([16]);", /number\[\]|\[number\]/],
    ["an activation that is not there", 'activation(["rellu"]);', /"rellu"/],
    ["a transformation that is not there", 'learn_rate([1, 2], { trans: "log3" });', /"log3"/],
    ["a parameter that is not called", "parameters({ units: hidden_units });", /hidden_units|kind/],
    ["training rows of what is not split", "training(penguins);", /Split/],
    ["levels of a random grid", "grid_random({ levels: 3 });", /'levels' does not exist/],
    ["a kind of number that is not there", 'new_quant_param({ type: "whole", range: [0, 1] });', /"whole"/],
  ])("%s", (_, text, message) => {
    const found = mistakes(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });
});

test("names are offered", () => {
  const offered = (text: string) => checker.completions(`${START}${text}`);
  expect(offered("vfold_cv({ $0 });")).toEqual(expect.arrayContaining(["v", "repeats", "strata"]));
  expect(offered('optimizer_function(["$0"]);')).toEqual(expect.arrayContaining(["adam", "lion"]));
  expect(offered('learn_rate([1, 2], { trans: "$0" });')).toEqual(expect.arrayContaining(["log10", "logit"]));
});
