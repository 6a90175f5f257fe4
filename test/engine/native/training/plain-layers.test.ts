import { describe, it } from "vitest";
import { chainOf, trainBoth, type Link } from "./train-both.ts";

// Layers without windows, statistics or state train natively as they do on TensorFlow.js.

const dense: Link = ["Dense", { units: 4, activation: "tanh" }];

describe("dense layers", () => {
  it.each<[string, number[], Link[]]>([
    ["of vectors", [6], [dense, ["Dense", { units: 3 }]]],
    ["without a bias", [6], [["Dense", { units: 4, use_bias: false }], dense]],
    ["of sequences", [5, 3], [dense, dense]],
    ["of images", [3, 2, 3], [dense, dense]],
    ["behind one that is held", [6], [dense, ["Dense", { units: 4, activation: "relu" }, false], dense]],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links));
  });
});
