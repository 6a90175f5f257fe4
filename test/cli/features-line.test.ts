import { describe, expect, it } from "vitest";
import { featuresLine } from "../../src/cli/fit-report.ts";
import type { FeaturesCost } from "../../src/protocol/index.ts";

/** Of 600 images, as many from the cache as said, in 1.2 seconds. */
function cost(cached: number): FeaturesCost {
  const computed = 600 - cached;
  return {
    total: 600,
    unit: "images",
    cached,
    computed,
    seconds: 1.2,
    per_s: computed > 0 ? computed / 1.2 : null,
  };
}

describe("the line that says where features came from", () => {
  it.each([
    [480, "Features of 600 images: 480 from the cache, 120 computed in 1.2 s (100 images/s)"],
    [600, "Features of 600 images: all from the cache in 1.2 s"],
    [0, "Features of 600 images: computed in 1.2 s (500 images/s)"],
  ])("%s of 600 from the cache", (cached, line) => expect(featuresLine(cost(cached))).toBe(line));

  it("has no speed where no time passed", () =>
    expect(featuresLine({ ...cost(0), seconds: 0, per_s: null })).toBe(
      "Features of 600 images: computed in 0.0 s",
    ));
});
