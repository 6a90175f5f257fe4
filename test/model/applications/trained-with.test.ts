import { describe, expect, it } from "vitest";
import { applications } from "../../../src/kspec/applications.ts";
import { readSettings } from "../../../src/model/applications/application.ts";
import { APPLICATIONS } from "../../../src/model/applications/registry.ts";
import { TRAINED_WITH, trainedWith } from "../../../src/spec/index.ts";

describe("the table of what networks were trained with", () => {
  it("has every member of applications, and no other", () => {
    expect(Object.keys(TRAINED_WITH)).toEqual(Object.keys(applications));
    expect(trainedWith("toString")).toBeUndefined();
  });

  it.each([...APPLICATIONS.keys()])(
    "%s has last maps of 3 × 3 from its size on, and of 1 × 1 at Keras's least",
    (name) => {
      const application = APPLICATIONS.get(name)!;
      const mapAt = (side: number) => {
        const options = { weights: null, includeTop: false, inputShape: [side, side, 3] };
        return application.build(readSettings(application, options)).outputShape.slice(0, 2);
      };
      const { worksFrom, minimumSize } = trainedWith(name)!;
      expect(mapAt(worksFrom)).toEqual([3, 3]);
      expect(mapAt(minimumSize)).toEqual([1, 1]);
    },
  );
});
