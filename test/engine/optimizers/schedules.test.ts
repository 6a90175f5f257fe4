import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findOptimizer } from "../../../src/engine/optimizers.ts";
import { findSchedule } from "../../../src/engine/schedules.ts";
import { optimizers } from "../../../src/kspec/optimizers.ts";
import { registered } from "../../../src/kspec/registered.ts";
import { schedules } from "../../../src/kspec/schedules.ts";
import { parityFixtures } from "../../parity-fixtures.ts";

interface Case {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rates: readonly number[];
}
const cases = (
  JSON.parse(readFileSync(path.join(parityFixtures, "optimizers.json"), "utf8")) as { schedules: Case[] }
).schedules;
const described = (class_name: string, config: object) => ({ kind: "schedule", class_name, config });

describe("learning rates of sixty steps are Keras's", () => {
  it.each(
    cases.map((one) => [`${one.name} ${JSON.stringify(one.options).replaceAll('"', "")}`, one] as const),
  )("%s", (_, { name, options, rates }) => {
    const schedule = findSchedule(described(name, options), "learn_rate");
    for (const [step, rate] of rates.entries())
      // Near 0, at a cosine's end, what counts is the size of the whole.
      expect(Math.abs(schedule(step) - rate), `step ${step}`).toBeLessThanOrEqual(
        1e-6 * Math.max(rate, 0.01),
      );
  });

  it("there is a case of every schedule", () => {
    const tried = new Set(cases.map(({ name }) => name.toLowerCase()));
    expect(Object.keys(schedules).filter((name) => !tried.has(name.toLowerCase()))).toEqual([]);
  });
});

it("an optimizer takes the model's schedule, or one of its own", () => {
  const falling = schedules.piecewiseConstantDecay({ boundaries: [1], values: [0.5, 0.25] });
  const rates = (optimizer: ReturnType<typeof findOptimizer>) =>
    [1, 2, 3].map((step) => optimizer.rate(step, 1));
  expect(rates(findOptimizer("adam", falling))).toEqual([0.5, 0.5, 0.25]);
  expect(rates(findOptimizer(optimizers.sgd({ learningRate: falling }), 1))).toEqual([0.5, 0.5, 0.25]);
  expect(findOptimizer("sgd", falling).numbers(3, 0.5)).toEqual({ rate: 0.125 });
});

describe("what makes no schedule is told", () => {
  const decay = { initialLearningRate: 0.1, decaySteps: 10 };
  it.each([
    ["ExponentialDecay", decay, "learn_rate: schedules.exponentialDecay needs decayRate."],
    [
      "CosineDecay",
      { ...decay, decaySteps: 0 },
      "schedules.cosineDecay needs a number above 0 as decaySteps.",
    ],
    [
      "PolynomialDecay",
      { ...decay, power: "2" },
      'schedules.polynomialDecay needs a number from 0 on as power, and has "2".',
    ],
    [
      "PiecewiseConstantDecay",
      { boundaries: [1, 2], values: [1, 2] },
      "needs one boundary at least and one value more than boundaries, and has 2 and 2.",
    ],
    [
      "PiecewiseConstantDecay",
      { boundaries: [2, 1], values: [1, 2, 3] },
      "schedules.piecewiseConstantDecay needs boundaries that rise.",
    ],
  ])("%s %j", (class_name, config, message) => {
    expect(() => findSchedule(described(class_name, config), "learn_rate")).toThrow(message);
  });

  it.each(["fast", -1, NaN, null, { kind: "schedule", class_name: "Magic", config: {} }])("%j", (value) => {
    expect(() => findSchedule(value, "learn_rate")).toThrow(
      "learn_rate must be a number above 0 or a schedule (schedules.cosineDecay({ … }) and its kin), and it is",
    );
  });

  it("for a registered optimizer, which takes a number", () => {
    registered.optimizers.set("mine", ({ learning_rate }) => optimizers.sgd({ learningRate: learning_rate }));
    expect(() => findOptimizer("mine", schedules.cosineDecay(decay))).toThrow(
      'compile_optimizer: "mine" makes its optimizer from a number, and learn_rate is a schedule.',
    );
    registered.optimizers.delete("mine");
  });
});
