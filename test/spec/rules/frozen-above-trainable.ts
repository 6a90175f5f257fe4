import { describe, expect, it } from "vitest";
import { layers } from "../../../src/kspec/index.ts";
import { LAYERS_WITH_WEIGHTS } from "../../../src/spec/rules/frozen-above-trainable.ts";
import { diagnose } from "../../../src/language/index.ts";
import { expectMarked, fixed, transfer } from "../../language/markers.ts";

const CODE = "frozen-above-trainable";
const found = (text: string) => diagnose(text, "a.kspec.ts").filter(({ code }) => code === CODE);
const below = (stem: string, options = {}) =>
  transfer("export default workflow({ model: network() });", {
    entries: `stem: inp_spec(({ tensor }: Block) => ${stem}, "input"), flip: inp_spec(({ tensor }: Block) => layers.permute({ dims: [2, 1, 3] }).apply(tensor), "stem"), base: inp_spec(base_block, "flip")`,
    ...options,
  });

describe(CODE, () => {
  it("shows a frozen base above a layer that is trained, however many blocks below", () => {
    const text = below("layers.conv2d({ filters: 3, kernelSize: 1 }).apply(tensor)");
    expectMarked(
      text.replace(
        "  base.trainable = false;",
        `  //                        ^^^^^^^^ warning frozen-above-trainable: "resnet50" is frozen, but it reads layers.conv2d in block "stem", which is trained: its features change with every step, so they cannot be kept, and every epoch computes the whole base. Freeze that layer too, \`trainable: false\`, or put it behind this one.
  base.trainable = false;`,
      ),
    );
    expect(fixed(text, CODE)).toContain("layers.conv2d({ trainable: false, filters: 3, kernelSize: 1 })");
    expect(found(fixed(text, CODE))).toEqual([]);
  });

  it("shows one in the same block, one of a sequential spec, and another base that is trained", () => {
    const inside = transfer("export default workflow();", {
      base: "load_model(path)",
    }).replace("base.apply(tensor)", "base.apply(layers.batchNormalization().apply(tensor))");
    expect(found(inside)).toMatchObject([
      {
        message: expect.stringMatching(
          /^This base is frozen, but it reads layers\.batchNormalization before it in this block,/,
        ) as string,
      },
    ]);
    expect(fixed(inside, CODE)).toContain("layers.batchNormalization({ trainable: false })");

    const bases = below("applications.mobilenet().apply(tensor)");
    expect(found(bases)).toMatchObject([
      { message: expect.stringContaining('it reads "mobilenet" in block "stem"') as string },
    ]);

    const sequential = transfer("").replace(
      /const network = [^]*?\}\);/,
      `const frozen = applications.vgg16({ includeTop: false });
frozen.trainable = false;
const network = create_keras_sequential_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => {
      const model = sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] });
      model.add(layers.conv2d({ filters: 3, kernelSize: 3, trainable: true })).add(layers.dropout({ rate: 0.1 }));
      return model;
    },
    base: ({ model }: SequentialBlock) => { model.add(frozen); return model; },
    output: ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) =>
      model.add(layers.dense({ units: num_classes, activation: "softmax" })),
  },
});`,
    );
    expect(found(sequential)).toHaveLength(1);
    expect(fixed(sequential, CODE)).toContain("kernelSize: 3, trainable: false })");
  });

  it.each([
    ["layers without weights", "layers.rescaling({ scale: 2 }).apply(layers.flatten().apply(tensor))"],
    ["frozen layers", "layers.conv2d({ filters: 3, kernelSize: 1, trainable: false }).apply(tensor)"],
    ["what the text does not say", "layers.conv2d({ ...given }).apply(tensor)"],
    ["layers of the author's functions", "convolve(tensor)"],
  ])("is silent about %s", (_what, stem) => {
    expect(found(below(stem))).toEqual([]);
  });

  it("is silent about a base that is trained itself, or perhaps", () => {
    const text = below("layers.conv2d({ filters: 3, kernelSize: 1 }).apply(tensor)");
    for (const statement of [
      "",
      "base.trainable = true;",
      "base.trainable = fine_tune;",
      "if (fine_tune) base.trainable = false;",
      "freeze(base);",
    ])
      expect(found(text.replace("base.trainable = false;", statement))).toEqual([]);
  });

  it("knows only layers that there are", () => {
    for (const name of LAYERS_WITH_WEIGHTS) expect(layers).toHaveProperty(name);
  });
});
