import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reduceAll } from "../../src/protocol/index.ts";
import { axisEnd, curveMetrics, curvePair, type CurvePoint } from "../../webview/training/curve-series.ts";
import { placeLabels } from "../../webview/training/place-labels.ts";
import { thinCurve } from "../../webview/training/thin-curve.ts";
import { epochs as fitted } from "./run-fixtures.ts";

const epochs = [
  { epoch: 1, logs: { loss: 0.9, accuracy: 0.6, val_loss: 0.8, val_accuracy: 0.7 } },
  { epoch: 2, logs: { loss: 0.5, accuracy: 0.8, val_loss: 0.4, val_accuracy: 0.9 } },
  { epoch: 3, logs: { loss: 0.3, accuracy: 0.9, val_loss: 0.5, val_accuracy: 0.85 } },
];

describe("curves", () => {
  it("take the last word where an epoch is told again, as after a resume", () => {
    const told = [...fitted(3, 5), ...fitted(2, 5)];
    expect(reduceAll(told).epochs.map((one) => one.epoch)).toEqual([1, 2]);
  });

  it("pair training with validation, the loss first", () => {
    expect(curveMetrics(epochs)).toEqual(["loss", "accuracy"]);
    expect(curvePair(epochs, "loss").validation.map((point) => point.value)).toEqual([0.8, 0.4, 0.5]);
  });

  it("mark the best epoch of the validation rows: the lowest loss, the highest accuracy", () => {
    expect(curvePair(epochs, "loss").best).toEqual({ epoch: 2, value: 0.4, of: "validation" });
    expect(curvePair(epochs, "accuracy").best).toEqual({ epoch: 2, value: 0.9, of: "validation" });
  });

  it("have no best epoch where a callback has set the value", () => {
    const logs = [0.1, 0.05].map((learning_rate, i) => ({ epoch: i + 1, logs: { loss: 1, learning_rate } }));
    expect(curveMetrics(logs)).toEqual(["loss", "learning_rate"]);
    expect(curvePair(logs, "learning_rate")).toMatchObject({ best: null, validation: [] });
  });

  it("have a gap where an epoch has no number, which JSON writes as null", () => {
    const logs = JSON.parse(JSON.stringify({ loss: Number.NaN }));
    const pair = curvePair(
      [
        { epoch: 1, logs },
        { epoch: 2, logs: { loss: 1 } },
      ],
      "loss",
    );
    expect(pair.train).toEqual([
      { epoch: 1, value: null },
      { epoch: 2, value: 1 },
    ]);
    expect(pair.best?.of).toBe("train");
  });

  it("keep their axis: whole for a short fit, doubling for a long one, cut where the run ended", () => {
    expect(axisEnd(2, 5, true)).toBe(5);
    expect(axisEnd(30, 5000, true)).toBe(50);
    expect(axisEnd(60, 5000, true)).toBe(100);
    expect(axisEnd(4900, 5000, true)).toBe(5000);
    expect(axisEnd(12, 1000, false)).toBe(12);
  });
});

describe("a thinned curve", () => {
  const points = fc
    .array(
      fc.oneof(
        { weight: 9, arbitrary: fc.double({ noNaN: true, min: -10, max: 10 }) },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
      {
        minLength: 1,
        maxLength: 3000,
      },
    )
    .map((values): CurvePoint[] => values.map((value, i) => ({ epoch: i + 1, value })));

  it("keeps its minimum, its maximum, its ends, its gaps and its order", () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 60 }), (curve, columns) => {
        const thin = thinCurve(curve, columns);
        const finite = (all: readonly CurvePoint[]) =>
          all.flatMap((point) => (point.value === null ? [] : [point.value]));
        expect(Math.min(...finite(thin))).toBe(Math.min(...finite(curve)));
        expect(Math.max(...finite(thin))).toBe(Math.max(...finite(curve)));
        expect(thin[0]).toBe(curve[0]);
        expect(thin.at(-1)).toBe(curve.at(-1));
        expect(thin.filter((point) => point.value === null)).toHaveLength(
          curve.filter((point) => point.value === null).length,
        );
        expect(thin.map((point) => point.epoch)).toEqual(
          thin.map((point) => point.epoch).toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("has at most four points a column", () => {
    const curve = Array.from({ length: 10_000 }, (_, i) => ({ epoch: i + 1, value: Math.sin(i) }));
    expect(thinCurve(curve, 500).length).toBeLessThanOrEqual(2000);
  });
});

it("labels stand apart and stay in the figure", () => {
  expect(placeLabels([100, 102], 16, 0, 200)).toEqual([100, 116]);
  expect(placeLabels([195, 190], 16, 0, 200)).toEqual([200, 184]);
  expect(placeLabels([10, 150], 16, 0, 200)).toEqual([10, 150]);
});
