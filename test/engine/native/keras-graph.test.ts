import { describe, expect, it } from "vitest";
import { graphOfConfig, type Reference } from "../../../src/engine/native/keras-graph.ts";

// The same graph in the words of Keras 2 and Keras 3.

const to = (layer: string, call = 0): Reference => ({ layer, call, tensor: 0 });
const tensor = (...history: unknown[]) => ({
  class_name: "__keras_tensor__",
  config: { shape: [null, 4], dtype: "float32", keras_history: history },
});
const layer = (name: string, class_name: string, inbound_nodes: unknown[], config: object = {}) => ({
  name,
  class_name,
  config: { name, ...config },
  inbound_nodes,
});

describe("a functional network", () => {
  const keras2 = {
    layers: [
      layer("a", "InputLayer", []),
      layer("b", "InputLayer", []),
      layer("shared", "Dense", [[["a", 0, 0, {}]], [["b", 0, 0, {}]]]),
      layer("add", "Add", [
        [
          ["shared", 0, 0, {}],
          ["shared", 1, 0, {}],
        ],
      ]),
    ],
    input_layers: [
      ["a", 0, 0],
      ["b", 0, 0],
    ],
    output_layers: [["add", 0, 0]],
  };
  const keras3 = {
    layers: [
      layer("a", "InputLayer", []),
      layer("b", "InputLayer", []),
      layer("shared", "Dense", [
        { args: [tensor("a", 0, 0)], kwargs: {} },
        { args: [tensor("b", 0, 0)], kwargs: {} },
      ]),
      layer("add", "Add", [{ args: [[tensor("shared", 0, 0), tensor("shared", 1, 0)]], kwargs: {} }]),
    ],
    input_layers: keras2.input_layers,
    // Keras 3 writes a single one without a list around it.
    output_layers: ["add", 0, 0],
  };

  it.each([
    ["Keras 2", keras2],
    ["Keras 3", keras3],
  ])("of %s", (_, config) => {
    const { layers, inputs, outputs } = graphOfConfig("Functional", config);
    expect(inputs).toEqual([to("a"), to("b")]);
    expect(outputs).toEqual([to("add")]);
    expect(layers.get("shared")!.calls).toEqual([[to("a")], [to("b")]]);
    expect(layers.get("add")!.calls).toEqual([[to("shared", 0), to("shared", 1)]]);
    expect(layers.get("a")!.calls).toEqual([[]]);
  });
});

describe("a nested network, whose own graph Keras counts as its first application", () => {
  const around = (inner: ReturnType<typeof layer>, call: number) => ({
    layers: [layer("a", "InputLayer", []), inner],
    input_layers: [["a", 0, 0]],
    output_layers: [["inner", call, 0]],
  });
  it("is applied for the first time as number 1", () => {
    const inner = layer("inner", "Functional", [[["a", 0, 0, {}]]], { layers: [] });
    expect(graphOfConfig("Functional", around(inner, 1)).outputs).toEqual([to("inner")]);
  });
  it("but for a Sequential that was given no shape", () => {
    const inner = layer("inner", "Sequential", [[["a", 0, 0, {}]]], { layers: [layer("d", "Dense", [])] });
    expect(graphOfConfig("Functional", around(inner, 0)).outputs).toEqual([to("inner")]);
  });
});

describe("a Sequential", () => {
  it("is a chain; its first layer says what goes in", () => {
    const { layers, inputs, outputs } = graphOfConfig("Sequential", {
      layers: [layer("first", "Dense", [], { batch_input_shape: [null, 3] }), layer("second", "Dense", [])],
    });
    const [input] = inputs;
    expect(layers.get(input!.layer)).toMatchObject({
      class_name: "InputLayer",
      config: { batch_input_shape: [null, 3] },
    });
    expect(layers.get("first")!.calls).toEqual([[input]]);
    expect(layers.get("second")!.calls).toEqual([[to("first")]]);
    expect(outputs).toEqual([to("second")]);
  });
});
