import { describe, expect, it } from "vitest";
import type { BaseDescription, TensorDescription } from "../../src/kspec/description.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import type { Tensor } from "../../src/kspec/layer.ts";
import { load_model } from "../../src/kspec/load-model.ts";
import { assembleNetwork, type LoadedBase } from "../../src/model/assemble.ts";
import { kerasTopology } from "../../src/model/network.ts";

const base: LoadedBase = {
  class_name: "Sequential",
  config: {
    name: "small",
    layers: [
      { class_name: "InputLayer", config: { name: "in", batch_input_shape: [null, 4] } },
      { class_name: "Dense", config: { name: "fc", units: 2 } },
    ],
  },
  weights: new Map([["fc/kernel", { shape: [4, 2], dtype: "float32", values: new Float32Array(8) }]]),
};

/** A network of blocks, given as name → its tensor, each made by the block of that name. */
function assemble(blocks: Record<string, TensorDescription>, bases = new Map<BaseDescription, LoadedBase>()) {
  const blockOf = new Map<TensorDescription, string>();
  const claim = (tensor: TensorDescription, block: string): void => {
    if (blockOf.has(tensor)) return;
    blockOf.set(tensor, block);
    for (const read of tensor.inputs) claim(read, block);
  };
  for (const [name, tensor] of Object.entries(blocks)) claim(tensor, name);
  return assembleNetwork(
    {
      name: "net",
      inputs: [{ column: "x", tensor: blocks["input"]! }],
      outputs: [{ name: "output", tensor: blocks["output"]! }],
      blockOf,
    },
    bases,
  );
}
const names = (network: ReturnType<typeof assemble>) => network.layers.map(({ name }) => name);

describe("names of layers", () => {
  const input = layers.input({ shape: [4] });
  it("are the block's, with the class where it has several", () => {
    const hidden = layers.dropout({ rate: 0.1 }).apply(layers.dense({ units: 3 }).apply(input));
    expect(names(assemble({ input, hidden, output: layers.dense({ units: 1 }).apply(hidden) }))).toEqual([
      "input",
      "hidden_dense",
      "hidden_dropout",
      "output",
    ]);
  });

  it("are numbered where a block repeats a class, and never an author's own", () => {
    let hidden: Tensor = layers.dense({ units: 3, name: "hidden_1" }).apply(input);
    for (let i = 0; i < 2; i++) hidden = layers.dense({ units: 3 }).apply(hidden);
    expect(names(assemble({ input, hidden, output: layers.dense({ units: 1 }).apply(hidden) }))).toEqual([
      "input",
      "hidden_1",
      "hidden",
      "hidden_2",
      "output",
    ]);
  });

  it("are what TensorFlow takes", () => {
    const größe = layers.dense({ units: 3 }).apply(input);
    const _x = layers.dense({ units: 3 }).apply(größe);
    expect(names(assemble({ input, größe, _x, output: layers.dense({ units: 1 }).apply(_x) }))).toEqual([
      "input",
      "gr__e",
      "layer_x",
      "output",
    ]);
  });

  it("that two blocks both give are an error", () => {
    const a = layers.dense({ units: 3, name: "same" }).apply(input);
    expect(() => assemble({ input, a, output: layers.dense({ units: 1, name: "same" }).apply(a) })).toThrow(
      'The blocks "a" and "output" both name a layer "same": give one of them another name.',
    );
  });
});

it("a layer that is applied twice stands once, with both calls", () => {
  const input = layers.input({ shape: [4] });
  const shared = layers.dense({ units: 4 });
  const twice = shared.apply(shared.apply(input));
  const network = assemble({ input, twice, output: layers.dense({ units: 1 }).apply(twice) });
  expect(network.layers[1]).toMatchObject({
    name: "twice",
    calls: [[{ layer: "input", call: 0 }], [{ layer: "twice", call: 0 }]],
  });
  expect(network.layers[2]!.calls).toEqual([[{ layer: "twice", call: 1 }]]);
});

it("a base that is used twice gets names of its own the second time, its weights too", () => {
  const input = layers.input({ shape: [4] });
  const [left, right] = [load_model("small.json"), load_model("small.json")];
  left.trainable = false;
  const a = left.apply(input);
  const b = right.apply(input);
  const output = layers.concatenate().apply([a, b]);
  const network = assemble(
    { input, a, b, output },
    new Map<BaseDescription, LoadedBase>([
      [left, base],
      [right, base],
    ]),
  );
  const [first, second] = network.layers.filter(({ weights }) => weights !== undefined);
  expect([...first!.weights!.keys()]).toEqual(["fc/kernel"]);
  expect([...second!.weights!.keys()]).toEqual(["b_fc/kernel"]);

  const topology = kerasTopology(network) as {
    config: { layers: { name: string; config: { layers?: unknown[] } }[] };
  };
  const saved = topology.config.layers.filter((layer) => layer.config.layers !== undefined);
  expect(saved.map((layer) => layer.config.layers![1])).toEqual([
    { class_name: "Dense", config: { name: "fc", units: 2, trainable: false } },
    { class_name: "Dense", config: { name: "b_fc", units: 2 } },
  ]);
});
