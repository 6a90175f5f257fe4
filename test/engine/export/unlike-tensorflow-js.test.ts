import { expect, it } from "vitest";
import { unlikeTensorFlowJs } from "../../../src/engine/export/unlike-tensorflow-js.ts";

// What whoever loads an exported model in TensorFlow.js by itself is told of.

const layer = (name: string, class_name: string, config: object = {}) => ({ name, class_name, config });

it("layers that it lacks or has otherwise, also within others", () => {
  const gru = layer("", "GRU", { reset_after: true });
  const cells = [layer("", "LSTMCell", { recurrent_activation: "hard_sigmoid" })];
  const network = layer("", "Sequential", { layers: [layer("small", "Resizing")] });
  const config = {
    layers: [
      layer("scaled", "Normalization"),
      layer("ways", "Bidirectional", { layer: gru }),
      layer("steps", "TimeDistributed", { layer: layer("", "Dense", { activation: "silu" }) }),
      layer("stack", "RNN", { cell: layer("", "StackedRNNCells", { cells }) }),
      layer("films", "TimeDistributed", { layer: network }),
      layer("plain", "LSTM", { activation: "tanh" }),
    ],
  };
  expect(unlikeTensorFlowJs(config)).toEqual([
    "scaled (Normalization)",
    "ways (GRU with reset_after)",
    "steps (the activation silu)",
    "stack (the activation hard_sigmoid)",
    "films (small (Resizing))",
  ]);
});

it("a sequence in both directions behind a mask", () => {
  const both = layer("ways", "Bidirectional", { layer: layer("", "LSTM") });
  expect(unlikeTensorFlowJs({ layers: [both] })).toEqual([]);
  const words = layer("words", "Embedding", { mask_zero: true });
  expect(unlikeTensorFlowJs({ layers: [words, both] })).toEqual(["ways (Bidirectional behind a mask)"]);
});
