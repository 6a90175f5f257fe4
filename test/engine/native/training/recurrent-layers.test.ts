import fc from "fast-check";
import { describe, it } from "vitest";
import type { KerasConfig } from "../../../../src/model/network.ts";
import { chainOf, trainBoth, type Link } from "./train-both.ts";

// Layers that go along a sequence train natively as they do on TensorFlow.js.

/** What a network says when it comes here, also where a spec says nothing. */
const gates = { recurrent_activation: "sigmoid" };
const kinds: readonly [string, Link][] = [
  ["SimpleRNN", ["SimpleRNN", { units: 4 }]],
  ["LSTM", ["LSTM", { units: 4, ...gates }]],
  ["GRU", ["GRU", { units: 4, ...gates }]],
  ["GRU with reset_after", ["GRU", { units: 4, reset_after: true, ...gates }]],
];
const withOptions = ([class_name, config]: Link, more: KerasConfig): Link => [
  class_name,
  { ...config, ...more },
];
const wrapped = ([class_name, config]: Link, more: KerasConfig = {}): Link => [
  "Bidirectional",
  { layer: { class_name, config: { ...config, name: "inner" } }, ...more },
];

describe.each(kinds)("%s", (_, link) => {
  it("with any options", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          return_sequences: fc.boolean(),
          go_backwards: fc.boolean(),
          use_bias: fc.boolean(),
          activation: fc.constantFrom("tanh", "relu", "linear", "elu"),
          recurrent_activation: fc.constantFrom("sigmoid", "hard_sigmoid"),
          dropout: fc.constantFrom(0, 0.3),
          recurrent_dropout: fc.constantFrom(0, 0, 0.3),
        }),
        async (options) => {
          await trainBoth(chainOf([5, 3], [withOptions(link, options)]));
        },
      ),
      { numRuns: 4, seed: 1 },
    );
  });

  it("behind an embedding, words of which are passed over", async () => {
    const embedding: Link = ["Embedding", { input_dim: 6, output_dim: 3, mask_zero: true }];
    await trainBoth(chainOf([5], [embedding, link]), { below: 6 });
    await trainBoth(
      chainOf([5], [embedding, withOptions(link, { return_sequences: true, dropout: 0.3 }), link]),
      { below: 6 },
    );
  });

  it("in both directions", async () => {
    await trainBoth(chainOf([5, 3], [wrapped(link)]));
    const whole = withOptions(link, { return_sequences: true, recurrent_dropout: 0.3 });
    await trainBoth(chainOf([5, 3], [wrapped(whole, { merge_mode: "mul" }), link]));
  });
});

it("cells on top of each other", async () => {
  const cells = [
    { class_name: "GRUCell", config: { units: 3, ...gates, dropout: 0.3 } },
    { class_name: "LSTMCell", config: { units: 4, ...gates, recurrent_dropout: 0.3 } },
    { class_name: "SimpleRNNCell", config: { units: 2 } },
  ];
  await trainBoth(chainOf([5, 3], [["RNN", { cell: { class_name: "StackedRNNCells", config: { cells } } }]]));
});

it("along sequences of any length", async () => {
  const links: Link[] = [
    ["LSTM", { units: 3, ...gates, return_sequences: true }],
    ["GRU", { units: 2, ...gates }],
  ];
  for (const steps of [1, 6]) await trainBoth(chainOf([null, 3], links), { shapes: [[steps, 3]] });
});

it("between layers that look at one step", async () => {
  await trainBoth(
    chainOf(
      [4, 3],
      [
        ["Dense", { units: 4, activation: "tanh" }],
        ["LSTM", { units: 4, ...gates, return_sequences: true }],
        ["BatchNormalization"],
        ["TimeDistributed", { layer: { class_name: "Dense", config: { units: 3 } } }],
        ["GRU", { units: 3, ...gates, reset_after: true }],
      ],
    ),
  );
});

it("held, between layers that learn", async () => {
  await trainBoth(
    chainOf(
      [4, 3],
      [
        ["Dense", { units: 4, activation: "tanh" }],
        ["LSTM", { units: 4, ...gates, return_sequences: true }, false],
        ["GRU", { units: 3, ...gates }],
      ],
    ),
  );
});

it("with penalties and constraints of their weights", async () => {
  const l2 = (l: number) => ({ class_name: "L1L2", config: { l1: 0, l2: l } });
  await trainBoth(
    chainOf(
      [4, 3],
      [
        [
          "LSTM",
          {
            units: 4,
            ...gates,
            kernel_regularizer: l2(0.01),
            recurrent_regularizer: l2(0.02),
            bias_regularizer: l2(0.03),
            recurrent_constraint: { class_name: "MaxNorm", config: { max_value: 0.9, axis: 0 } },
          },
        ],
      ],
    ),
  );
});
