import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Optimizer } from "../../../src/engine/optimizer.ts";
import { findOptimizer } from "../../../src/engine/optimizers.ts";
import type { TensorMath } from "../../../src/engine/tensor-math.ts";
import { AppliedOptimizer } from "../../../src/engine/tensorflow/applied-optimizer.ts";
import { startTensorFlow, tf, type Tensor } from "../../../src/engine/tensorflow/index.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { mapped, onOnnxRuntime, type Mathematics, type Named } from "../either-mathematics.ts";

// Thirty steps of every optimizer with options, on gradients between 1e-8 and 1e3 and zeros, against Keras's weights
// (scripts/parity/optimizers.py), on both engines.

type Values = Readonly<Record<string, readonly number[]>>;
interface Case {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Number of steps → weights. */
  readonly after: Readonly<Record<string, Values>>;
}
const { shapes, start, gradients, optimizers } = JSON.parse(
  readFileSync(path.join(parityFixtures, "optimizers.json"), "utf8"),
) as { shapes: Values; start: Values; gradients: Values[]; optimizers: Case[] };

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

const titled = optimizers.map((one) => {
  const options = JSON.stringify(one.options).replaceAll('"', "");
  return [`${one.name} ${options}`, one] as const;
});

describe("TensorFlow.js moves weights as Keras does", () => {
  it.each(titled)("%s", (_, one) => {
    const weights = variables(start);
    const optimizer = new AppliedOptimizer(optimizerOf(one), new Map(Object.entries(weights)));
    const before = tf.memory().numTensors;
    for (const [i, step] of gradients.entries()) {
      tf.tidy(() => optimizer.applyGradients(gradientsOf(weights, step)));
      const expected = one.after[i + 1];
      if (expected !== undefined) expectWeights(i + 1, valuesOf(weights), expected);
    }
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose({ ...weights });
  });
});

describe("ONNX Runtime moves weights as Keras does", () => {
  it.each(titled)("%s", async (_, one) => {
    const optimizer = optimizerOf(one);
    const graph = await onOnnxRuntime(stepOf(optimizer), shapesOfStep(optimizer));
    let state: Values = start;
    for (const slot of Object.keys(optimizer.slots))
      for (const [weight, values] of Object.entries(start))
        state = { ...state, [`${weight}/${slot}`]: values.map(() => optimizer.slots[slot]!) };

    for (const [i, step] of gradients.entries()) {
      const numbers = { ...optimizer.constants, ...optimizer.numbers(i + 1, 1) };
      state = await graph.compute({
        ...mapped(state, (values, name) => ({ shape: shapeOf(name), values })),
        ...Object.fromEntries(
          Object.entries(step).map(([weight, values]) => [
            `gradient of ${weight}`,
            { shape: shapeOf(weight), values },
          ]),
        ),
        ...mapped(numbers, (value) => ({ shape: [], values: [value] })),
      } satisfies Named);
      const expected = one.after[i + 1];
      if (expected !== undefined) expectWeights(i + 1, state, expected);
    }
    await graph.release();
  });
});

describe("what an optimizer carries", () => {
  it.each(titled)("goes through a checkpoint: %s", (_, one) => {
    const weights = variables(start);
    const half = new AppliedOptimizer(optimizerOf(one), new Map(Object.entries(weights)));
    for (const step of gradients.slice(0, 10)) tf.tidy(() => half.applyGradients(gradientsOf(weights, step)));
    const state = half.state();
    half.dispose();
    expect(state.steps).toBe(10);

    const other = new AppliedOptimizer(optimizerOf(one), new Map(Object.entries(weights)));
    other.resume(state);
    for (const step of gradients.slice(10)) tf.tidy(() => other.applyGradients(gradientsOf(weights, step)));
    expectWeights(30, valuesOf(weights), one.after[30]!);
    other.dispose();
    tf.dispose({ ...weights });
  });

  it("can be come back to, more than once", () => {
    const weights = variables(start);
    const optimizer = new AppliedOptimizer(findOptimizer("adam", 0.01), new Map(Object.entries(weights)));
    const step = (i: number) => tf.tidy(() => optimizer.applyGradients(gradientsOf(weights, gradients[i]!)));
    step(0);
    const kept = optimizer.keep();
    const then = valuesOf(weights);
    const next = [0, 1].map(() => {
      for (const [name, values] of Object.entries(then))
        weights[name]!.assign(tf.tensor(values, shapeOf(name)));
      optimizer.restore(kept);
      step(1);
      return valuesOf(weights);
    });
    expect(next[1]).toEqual(next[0]);
    kept.dispose();
    optimizer.dispose();
    tf.dispose({ ...weights });
  });
});

it("a weight without a gradient stays, and the norm of all is that of the others", () => {
  const weights = variables(start);
  const optimizer = new AppliedOptimizer(
    findOptimizer({ kind: "optimizer", class_name: "SGD", config: { globalClipnorm: 1 } }, 1),
    new Map(Object.entries(weights)),
  );
  tf.tidy(() => optimizer.applyGradients({ [weights["bias"]!.name]: tf.tensor([0, 3, 0, 4]) }));
  expect(valuesOf(weights)["kernel"]).toEqual(start["kernel"]!.map(Math.fround));
  const moved = valuesOf(weights)["bias"]!.map((value, i) => start["bias"]![i]! - value);
  for (const [i, expected] of [0, 0.6, 0, 0.8].entries()) expect(moved[i]).toBeCloseTo(expected, 6);
  tf.dispose({ ...weights });
});

it("what callbacks make of the learning rate counts for the step, the decay of weights and the log", () => {
  const optimizer = findOptimizer(
    { kind: "optimizer", class_name: "AdamW", config: { learningRate: 0.5, weightDecay: 0.25 } },
    0.01,
  );
  const [whole, half] = [optimizer.numbers(3, 1), optimizer.numbers(3, 0.5)];
  expect(half["alpha"]! / whole["alpha"]!).toBeCloseTo(0.5, 6);
  expect(half["weightDecay"]).toBeCloseTo(0.0625, 6);
  expect(optimizer.rate(3, 0.5)).toBe(0.25);
});

describe("options that cannot be are told", () => {
  it.each([
    ["Adam", { beta1: 1 }, "beta1 of Adam must be a number from 0 up to, not with, 1, and it is 1."],
    ["Adam", { amsgrad: "yes" }, 'amsgrad of Adam must be true or false, and it is "yes".'],
    ["SGD", { momentum: -1 }, "momentum of SGD must be a number from 0 to 1, and it is -1."],
    [
      "SGD",
      { clipnorm: 1, clipvalue: 2 },
      "clipnorm and clipvalue of SGD exclude each other: give one of them.",
    ],
    [
      "RMSprop",
      { rho: 0.8, decay: 0.9 },
      "rho and decay of RMSprop are two names of one number: give one of them.",
    ],
    ["Ftrl", { learningRatePower: 1 }, "learningRatePower of Ftrl must be 0 or a number below, and it is 1."],
    ["Lion", { beta1: 0 }, "beta1 of Lion must be above 0"],
    ["SGD", { learningRate: "fast" }, "learningRate of SGD must be a number above 0 or a schedule"],
    ["Muon", {}, "is no optimizer. There are: adam, adamw, adamax, nadam, sgd, rmsprop"],
  ])("%s %j", (class_name, config, message) => {
    expect(() => findOptimizer({ kind: "optimizer", class_name, config }, 0.01)).toThrow(message);
  });
});

function optimizerOf({ name, options }: Case): Optimizer {
  const { learningRate, ...config } = options;
  const rate = learningRate as number | { schedule: string; options: object };
  const schedule =
    typeof rate === "number" ? rate : { kind: "schedule", class_name: rate.schedule, config: rate.options };
  return findOptimizer(
    { kind: "optimizer", class_name: name, config: { ...config, learningRate: schedule } },
    1,
  );
}

/** One step of all weights. */
function stepOf(optimizer: Optimizer): Mathematics {
  return <T>(math: TensorMath<T>, given: Readonly<Record<string, T>>) => {
    const names = Object.keys(shapes);
    let all: T[] = names.map((weight) => given[`gradient of ${weight}`]!);
    if (optimizer.clip !== undefined) all = optimizer.clip(math, all, given);
    return Object.fromEntries(
      names.flatMap((name, i) => {
        const slots = mapped(optimizer.slots, (_, slot) => given[`${name}/${slot}`]!);
        const updated = optimizer.update(math, given[name]!, all[i]!, slots, given);
        const after = Object.entries(updated.slots).map(
          ([slot, value]) => [`${name}/${slot}`, value] as const,
        );
        return [[name, updated.weight] as const, ...after];
      }),
    );
  };
}

function shapesOfStep(optimizer: Optimizer): Values {
  const weights = Object.entries(shapes);
  return {
    ...shapes,
    ...Object.fromEntries(
      weights.flatMap(([name, shape]) =>
        ["gradient of ", ...Object.keys(optimizer.slots)].map((what) => [
          what === "gradient of " ? `${what}${name}` : `${name}/${what}`,
          shape,
        ]),
      ),
    ),
    ...mapped({ ...optimizer.constants, ...optimizer.numbers(1, 1) }, () => []),
  };
}

function shapeOf(name: string): number[] {
  return [...shapes[name.split("/")[0]!]!];
}

function variables(values: Values) {
  return mapped(values, (one, name) => tf.variable(tf.tensor([...one], shapeOf(name))));
}

function gradientsOf(weights: Readonly<Record<string, Tensor>>, step: Values) {
  return Object.fromEntries(
    Object.entries(step).map(([name, values]) => [
      (weights[name] as unknown as { name: string }).name,
      tf.tensor([...values], shapeOf(name)),
    ]),
  );
}

function valuesOf(weights: Readonly<Record<string, Tensor>>): Record<string, number[]> {
  return mapped(weights, (weight) => Array.from(weight.dataSync()));
}

/** To 1e-6 of each weight, or of what it was at first where it has come near 0. */
function expectWeights(steps: number, actual: Values, expected: Values): void {
  for (const [name, values] of Object.entries(expected))
    for (const [i, value] of values.entries()) {
      const difference = Math.abs(actual[name]![i]! - value);
      const size = Math.max(Math.abs(value), Math.abs(start[name]![i]!));
      if (!(difference <= 1e-6 * size))
        expect.fail(
          `${name} ${i} after ${steps} steps is ${actual[name]![i]} and should be ${value} (${difference / size})`,
        );
    }
}
