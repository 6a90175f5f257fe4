import { describe, expect, test } from "vitest";
import * as kspec from "kspec";
import {
  activation,
  batch_size,
  create_keras_sequential_spec,
  dropout,
  extract_parameter_set_dials,
  grid_regular,
  grid_space_filling,
  hidden_units,
  layers,
  learn_rate,
  loss_function_keras,
  losses,
  new_qual_param,
  new_quant_param,
  optimizer_function,
  optimizers,
  parameters,
  register_keras_optimizer,
  sequential,
  tune,
  workflow,
} from "kspec";
import { refusal } from "./refusal.ts";

const untyped = kspec as unknown as Record<string, (...args: unknown[]) => unknown>;

describe("parameters", () => {
  test("are plain frozen descriptions with dials' types and ranges", () => {
    expect(hidden_units([16, 128])).toEqual({
      kind: "parameter",
      type: "hidden_units",
      scale: "integer",
      range: [16, 128],
      label: "Hidden units",
    });
    expect(learn_rate()).toMatchObject({ scale: "double", range: [-10, -1], transform: "log10" });
    expect(Object.isFrozen(learn_rate())).toBe(true);
  });

  test("without a transformation the range is in the values' own units", () => {
    const plain = learn_rate([0.001, 0.01], { trans: null });
    expect(plain.range).toEqual([0.001, 0.01]);
    expect(plain.transform).toBeUndefined();
    // The usual range means the same values whatever it is written in.
    expect(batch_size(undefined, { trans: null }).range).toEqual([8, 256]);
    expect(learn_rate(undefined, { trans: "log2" }).range![1]).toBeCloseTo(Math.log2(0.1));
    expect(dropout([-3, 0], { trans: "logit" })).toMatchObject({ range: [-3, 0], transform: "logit" });
  });

  test("of a list of values", () => {
    expect(hidden_units([16, 64], { values: [16, 32, 64] }).values).toEqual([16, 32, 64]);
    expect(activation(["relu", "tanh"])).toEqual({
      kind: "parameter",
      type: "activation",
      scale: "nominal",
      values: ["relu", "tanh"],
      label: "Activation function",
    });
    expect(new_qual_param({ values: [true, false], label: "Shuffle" })).toMatchObject({ label: "Shuffle" });
    expect(new_quant_param({ type: "integer", values: [16, 64] })).toMatchObject({ values: [16, 64] });
  });

  test("optimizers and losses: with options too, and those that are registered", () => {
    const values = optimizer_function([optimizers.sgd({ momentum: 0.9 }), "adam"]).values!;
    expect(values[0]).toMatchObject({ kind: "optimizer", class_name: "SGD" });
    expect(loss_function_keras([losses.huber({ delta: 2 })]).values).toHaveLength(1);
    register_keras_optimizer("careful_sgd", () => optimizers.sgd({ clipnorm: 1 }));
    expect(optimizer_function().values!.at(-1)).toBe("careful_sgd");
  });
});

describe("sets", () => {
  const network = create_keras_sequential_spec({
    model_name: "network",
    layer_blocks: {
      input: ({ input_shape }: kspec.InputBlock) =>
        sequential({ layers: [layers.flatten({ inputShape: input_shape })] }),
      dense: ({ model, units = 8 }: kspec.SequentialBlock<{ units?: number }>) =>
        model.add(layers.dense({ units })),
    },
  });
  const wf = workflow({ model: network({ dense_units: tune("units"), learn_rate: tune() }) });

  test("update gives a new set", () => {
    const set = parameters({ a: dropout() });
    expect(set.update({ b: hidden_units() }).parameters).toEqual({ a: dropout(), b: hidden_units() });
    expect(Object.keys(set.parameters)).toEqual(["a"]);
    expect(Object.isFrozen(set.parameters)).toBe(true);
  });

  test("of a workflow", () => {
    const set = extract_parameter_set_dials(wf).update({ units: hidden_units([16, 128]) });
    expect(set).toMatchObject({
      kind: "parameters",
      workflow: wf,
      parameters: { units: { range: [16, 128] } },
    });
    expect(refusal(() => extract_parameter_set_dials(wf).update({ dense_units: hidden_units() }))).toMatch(
      'update(): nothing of this workflow is marked with tune() as "dense_units".',
    );
    // Marks that have given way to values.
    extract_parameter_set_dials(workflow({ model: network() })).update({ units: hidden_units() });
  });
});

test("grids", () => {
  expect(grid_regular({ levels: 3 })).toEqual({ kind: "grid", method: "regular", options: { levels: 3 } });
  const info = parameters({ a: dropout() });
  expect(grid_space_filling(info, { size: 20 })).toEqual({
    kind: "grid",
    method: "space_filling",
    parameters: info,
    options: { size: 20 },
  });
  expect(grid_regular(info)).toEqual({ kind: "grid", method: "regular", parameters: info, options: {} });
});

describe("wrong use is one sentence", () => {
  test.each([
    [
      () => untyped["hidden_units"]!(16),
      "hidden_units() takes a range of two numbers, hidden_units([1, 10]), and got the number 16.",
    ],
    [
      () => hidden_units([128, 16]),
      "hidden_units(): the range [128, 16] begins above its end. Turn it round.",
    ],
    [
      () => learn_rate([1, 2], { trans: "log3" as never }),
      'learn_rate(): no transformation is named the text "log3". Did you mean "log2"?',
    ],
    [
      () => learn_rate([300, 400]),
      "learn_rate(): the range [300, 400] is in units of log10, and its ends are no numbers then. Write { trans: null } for a range in the values' own units.",
    ],
    [
      () => untyped["hidden_units"]!([1, 2], { transform: "log2" }),
      'hidden_units() has no option "transform".',
    ],
    [
      () => hidden_units([1, 9], { values: [1.5] }),
      "hidden_units(): values must be whole numbers, and one is the number 1.5.",
    ],
    [() => activation([]), "activation() takes a list of at least one value, and got an empty list."],
    [() => activation(["relu", "relu"]), 'activation() has the value "relu" twice. Take one away.'],
    [
      () => untyped["loss_function_keras"]!([() => 0]),
      "loss_function_keras() takes values that can be written down, and got a function. Give a function a name with register_keras_loss(), register_keras_metric() or register_keras_optimizer().",
    ],
    [
      () => untyped["new_quant_param"]!({ type: "integer" }),
      "new_quant_param() needs a range, [0, 1], or values, [16, 32, 64].",
    ],
    [
      () => untyped["new_quant_param"]!({ type: "whole", range: [0, 1] }),
      'new_quant_param(): type must be "integer" or "double", and it is the text "whole".',
    ],
    [
      () => untyped["parameters"]!({ dense_units: hidden_units }),
      'parameters(): "dense_units" must be a parameter, hidden_units([16, 128]), and is a function. Call it.',
    ],
    [
      () => untyped["parameters"]!(hidden_units()),
      "parameters() takes one object of ids and parameters, { dense_units: hidden_units([16, 128]) }, and got a parameter.",
    ],
    [
      () => untyped["extract_parameter_set_dials"]!({}),
      "extract_parameter_set_dials() takes a workflow, and got an object.",
    ],
    [
      () => untyped["grid_regular"]!(hidden_units(), { levels: 3 }),
      "grid_regular() takes parameters first, grid_regular(parameters({ dense_units: hidden_units() })), and got a parameter.",
    ],
    [
      () => untyped["grid_regular"]!({ size: 3 }),
      /^grid_regular\(\) has no option "size"\. There are: filter, levels\./,
    ],
    [
      () => untyped["grid_regular"]!({ filter: "a < b" }),
      'grid_regular(): filter must be a function of a candidate\'s values, and it is the text "a < b".',
    ],
  ])("%#", (use, message) => expect(refusal(use)).toMatch(message));
});
