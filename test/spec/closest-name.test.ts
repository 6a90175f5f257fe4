import { describe, expect, it } from "vitest";
import { closestName } from "../../src/spec/closest-name.ts";

describe("the closest name", () => {
  it.each([
    ["inptu", ["output", "input"], "input"],
    ["dense_unts", ["dense_units", "dense_rate"], "dense_units"],
    ["Input", ["input"], "input"],
    ["rigth", ["left", "right"], "right"],
    ["block_9x", ["block_1", "block_9", "block_2"], "block_9"],
    ["a", ["b", "ab"], "b"],
    ["fit_epoch", ["fit_epochs"], "fit_epochs"],
  ])("of %j among %j is %j", (name, candidates, closest) => {
    expect(closestName(name, candidates)).toBe(closest);
  });

  it.each([
    ["zebra", ["input", "output"]],
    ["input", ["input"]],
    ["dense", []],
    ["relu", ["tanh", "softmax"]],
  ])("of %j among %j is none", (name, candidates) => {
    expect(closestName(name, candidates)).toBeUndefined();
  });
});
