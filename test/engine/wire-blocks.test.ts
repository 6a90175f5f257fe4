import { describe, expect, it } from "vitest";
import { wireBlocks, type DataShapes } from "../../src/engine/wire-blocks.ts";
import type { BlockFunction } from "../../src/kspec/description.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { sequential } from "../../src/kspec/sequential.ts";
import { assembleNetwork } from "../../src/model/assemble.ts";
import { block, model, wired } from "./examples.ts";

type T = never;
const one: DataShapes = { inputs: new Map([["x", [4]]]), outcomes: new Map([["y", ["a", "b", "c"]]]) };
const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const hidden = block(
  ({ tensor, units = 8 }: { tensor: T; units?: number }) => layers.dense({ units }).apply(tensor),
  "tensor",
  "units?",
);
const output = block(
  ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
    layers.dense({ units: num_classes }).apply(tensor),
  "tensor",
  "num_classes",
);
const spec = { input, hidden: wired(hidden, "input"), output: wired(output, "hidden") };

/** `name: Class(units) ← what it reads`, one a layer. */
function shown(given: Parameters<typeof wireBlocks>[0], data = one): string[] {
  const network = assembleNetwork(wireBlocks(given, data), new Map());
  return network.layers.map(({ name, class_name, config, calls }) => {
    const units = config["units"] === undefined ? "" : `(${String(config["units"])})`;
    const reads = calls.map((call) => call.map(({ layer }) => layer).join(" + ")).join(" and ");
    return `${name}: ${class_name}${units}${reads === "" ? "" : ` ← ${reads}`}`;
  });
}

describe("arguments", () => {
  it("a hyperparameter that is not given is left to the block's default", () => {
    expect(shown(model(spec))).toEqual([
      "input: InputLayer",
      "hidden: Dense(8) ← input",
      "output: Dense(3) ← hidden",
    ]);
    expect(shown(model(spec, { hidden_units: 20 }))[1]).toBe("hidden: Dense(20) ← input");
  });

  it("num_classes is supplied in classification only", () => {
    const regression = block(
      ({ tensor, num_classes }: { tensor: T; num_classes?: number }) =>
        layers.dense({ units: num_classes ?? 1 }).apply(tensor),
      "tensor",
      "num_classes?",
    );
    const data = { ...one, outcomes: new Map([["y", null]]) };
    expect(
      shown(model({ ...spec, output: wired(regression, "hidden") }, {}, { mode: "regression" }), data)[2],
    ).toBe("output: Dense(1) ← hidden");
  });

  it("a block may be repeated, or left out", () => {
    expect(shown(model(spec, { num_hidden: 3, hidden_units: 5 }))).toEqual([
      "input: InputLayer",
      "hidden: Dense(5) ← input",
      "hidden_1: Dense(5) ← hidden",
      "hidden_2: Dense(5) ← hidden_1",
      "output: Dense(3) ← hidden_2",
    ]);
    expect(shown(model(spec, { num_hidden: 0 }))).toEqual(["input: InputLayer", "output: Dense(3) ← input"]);
  });
});

describe("wiring", () => {
  const join = block(
    ({ left, right }: { left: T; right: T }) => layers.concatenate().apply([left, right]),
    "left",
    "right",
  );

  it("by a mapping, argument first, in any order of blocks", () => {
    expect(
      shown(
        model({
          output: wired(output, "both"),
          both: wired(join, { left: "a", right: "b" }),
          b: wired(hidden, "input"),
          a: wired(hidden, "input"),
          input,
        }),
      ),
    ).toEqual([
      "input: InputLayer",
      "a: Dense(8) ← input",
      "b: Dense(8) ← input",
      "both: Concatenate ← a + b",
      "output: Dense(3) ← both",
    ]);
  });

  it("by names, without inp_spec", () => {
    const named = block(
      ({ hidden: read }: { hidden: T }) => layers.dense({ units: 3 }).apply(read),
      "hidden",
    );
    expect(shown(model({ ...spec, output: named }))[2]).toBe("output: Dense(3) ← hidden");
  });

  it("of blocks whose arguments are not known: what they destructure is what they read", () => {
    const bare = (fn: (args: never) => unknown) => fn as BlockFunction;
    const blocks = {
      input: bare(({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape })),
      output: bare(({ hidden: read, num_classes }: { hidden: T; num_classes: number }) =>
        layers.dense({ units: num_classes }).apply(read),
      ),
      hidden: wired(
        bare(({ tensor, units = 8 }: { tensor: T; units?: number }) => layers.dense({ units }).apply(tensor)),
        "input",
      ),
    };
    expect(shown(model(blocks, { num_hidden: 2, hidden_units: 6 }))).toEqual([
      "input: InputLayer",
      "hidden: Dense(6) ← input",
      "hidden_1: Dense(6) ← hidden",
      "output: Dense(3) ← hidden_1",
    ]);
  });

  it("a block with several tensors cannot be repeated", () => {
    const blocks = {
      input,
      hidden: wired(hidden, "input"),
      both: wired(join, { left: "input", right: "hidden" }),
      output: wired(output, "both"),
    };
    expect(() => shown(model(blocks, { num_both: 2 }))).toThrow(
      'Block "both" cannot be repeated (num_both: 2): it has 2 inputs (left, right), and only a block with exactly one can.',
    );
  });

  it("several inputs and outputs, by the names of the columns", () => {
    const data: DataShapes = {
      inputs: new Map([
        ["photo", [8, 8, 3]],
        ["facts", [5]],
      ]),
      outcomes: new Map<string, string[] | null>([
        ["kind", ["a", "b", "c", "d"]],
        ["price", null],
      ]),
    };
    const flat = block(
      ({ photo, facts }: { photo: T; facts: T }) =>
        layers.concatenate().apply([layers.flatten().apply(photo), facts]),
      "photo",
      "facts",
    );
    const price = block(({ tensor }: { tensor: T }) => layers.dense({ units: 1 }).apply(tensor), "tensor");
    expect(
      shown(
        model({
          facts: input,
          photo: input,
          both: flat,
          kind: wired(output, "both"),
          price: wired(price, "both"),
        }),
        data,
      ),
    ).toEqual([
      "photo: InputLayer",
      "both_flatten: Flatten ← photo",
      "facts: InputLayer",
      "both_concatenate: Concatenate ← both_flatten + facts",
      "kind: Dense(4) ← both_concatenate",
      "price: Dense(1) ← both_concatenate",
    ]);
  });
});

describe("mistakes name the block", () => {
  it.each<[string, Record<string, BlockFunction | ReturnType<typeof wired>>]>([
    [
      'Block "output": no block is named "hiden". There are: input, output.',
      { input, output: wired(output, "hiden") },
    ],
    [
      'The blocks "a" → "b" → "a" wait for one another: take one of the edges away.',
      { input, a: wired(hidden, "b"), b: wired(hidden, "a"), output: wired(output, "a") },
    ],
    [
      'Block "output" must return a tensor, and it returns the layer Dense itself: end it with return layer.apply(tensor).',
      {
        input,
        output: wired(
          block(({ tensor: _ }: { tensor: T }) => layers.dense({ units: 3 }), "tensor"),
          "input",
        ),
      },
    ],
    ['example has no block named "output": name the last block so.', { input, last: wired(output, "input") }],
    [
      "example has no input block: one block must take input_shape and return layers.input({ shape: input_shape }).",
      { output: block(() => layers.input({ shape: [4] })) },
    ],
  ])("%s", (message, blocks) => {
    expect(() => shown(model(blocks))).toThrow(message);
  });
});

describe("sequential specs", () => {
  const first = block(() => sequential(), "input_shape");
  const dense = block(
    ({ model: m, units = 8 }: { model: { add(layer: unknown): unknown }; units?: number }) =>
      m.add(layers.dense({ units })),
    "model",
    "units?",
  );
  const last = block(
    ({ model: m, num_classes }: { model: { add(layer: unknown): unknown }; num_classes: number }) =>
      m.add(layers.dense({ units: num_classes, activation: "softmax" })),
    "model",
    "num_classes",
  );

  it("blocks add layers in list order, each as often as its num_ says", () => {
    expect(
      shown(model({ first, dense, last }, { num_dense: 2, dense_units: 6 }, { api: "sequential" })),
    ).toEqual([
      "first: InputLayer",
      "dense: Dense(6) ← first",
      "dense_1: Dense(6) ← dense",
      "last: Dense(3) ← dense_1",
    ]);
    expect(shown(model({ first, dense, last }, { num_dense: 0 }, { api: "sequential" }))).toHaveLength(2);
  });

  it("a block that forgets to return the model is told so", () => {
    const forgets = block(() => undefined, "model");
    expect(() => shown(model({ first, forgets, last }, {}, { api: "sequential" }))).toThrow(
      'Block "forgets" of the sequential spec example must return the model: end it with "return model;".',
    );
  });
});
