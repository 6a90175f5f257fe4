import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TunedParameter } from "../../../src/protocol/index.ts";
import { fromUnit, toUnit } from "../../../src/tuning/parameters/index.ts";

const parameter = (rest: Partial<TunedParameter>): TunedParameter => ({
  id: "p",
  target: { kind: "argument", argument: "p" },
  type: "new_quant_param",
  label: "p",
  scale: "double",
  ...rest,
});
const rate = parameter({ range: [-4, -1], transform: "log10" });
const units = parameter({ range: [16, 128], scale: "integer" });
const batch = parameter({ range: [4, 6], scale: "integer", transform: "log2" });
const optimizer = parameter({
  scale: "nominal",
  values: ["adam", "sgd", { kind: "optimizer", class_name: "Lion", config: {} }],
});

test("ends, and the middle in units of the transformation", () => {
  expect([0, 0.5, 1].map((unit) => fromUnit(rate, unit))).toEqual([0.0001, 0.00316227766017, 0.1]);
  expect([0, 0.5, 1].map((unit) => fromUnit(units, unit))).toEqual([16, 72, 128]);
  expect([0, 0.5, 1].map((unit) => fromUnit(batch, unit))).toEqual([16, 32, 64]);
  expect(fromUnit(parameter({ range: [0, 0.3] }), 1 / 3)).toBe(0.1);
});

test("values of a list have parts of equal length", () => {
  expect([0, 0.33, 0.34, 0.9, 1].map((unit) => fromUnit(optimizer, unit))).toEqual([
    "adam",
    "adam",
    "sgd",
    optimizer.values![2],
    optimizer.values![2],
  ]);
  expect(toUnit(optimizer, { kind: "optimizer", class_name: "Lion", config: {} })).toBeCloseTo(5 / 6);
});

describe("there and back", () => {
  test.each([
    ["log10", rate],
    ["integers", units],
    ["integers in powers of two", batch],
    ["values", optimizer],
    ["log", parameter({ range: [-3, 2], transform: "log" })],
    ["log1p", parameter({ range: [0, 4], transform: "log1p" })],
    ["sqrt", parameter({ range: [0, 4], transform: "sqrt" })],
    ["reciprocal", parameter({ range: [0.1, 2], transform: "reciprocal" })],
    ["logit", parameter({ range: [-4, 4], transform: "logit" })],
  ])("%s", (_, own) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (unit) => {
        const value = fromUnit(own, unit);
        const back = toUnit(own, value);
        if (own.scale === "double") expect(back).toBeCloseTo(unit, 9);
        expect(fromUnit(own, back)).toEqual(value);
        expect(back).toBeGreaterThanOrEqual(0);
        expect(back).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test("a value outside of the range is its nearest end; a range of one value is its middle", () => {
  expect([toUnit(units, 4), toUnit(units, 999)]).toEqual([0, 1]);
  expect(toUnit(parameter({ range: [3, 3] }), 3)).toBe(0.5);
});
