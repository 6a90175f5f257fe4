import { describe, expect, it } from "vitest";
import { EarlyStopping } from "../../src/engine/early-stopping.ts";
import type { EarlyStoppingOptions } from "../../src/kspec/description.ts";

/** The epoch after which values of the monitored name stop a fit, and the best epoch, as Keras 3 has them. */
function after(values: number[], options: EarlyStoppingOptions, name = options.monitor ?? "val_loss") {
  const stopper = new EarlyStopping(options);
  for (const [i, value] of values.entries())
    if (stopper.see(i + 1, { [name]: value })!.stop) return { stops: i + 1, best: stopper.bestEpoch };
  return { stops: null, best: stopper.bestEpoch };
}

describe("early stopping", () => {
  it("without patience the first epoch that is no better stops the fit", () => {
    expect(after([1, 0.9, 0.95, 0.1], {})).toEqual({ stops: 3, best: 2 });
    expect(after([1, 1], {})).toEqual({ stops: 2, best: 1 });
  });
  it("patience counts epochs without improvement", () => {
    expect(after([1, 0.9, 0.95, 0.91, 0.92, 0.5], { patience: 3 })).toEqual({ stops: 5, best: 2 });
    expect(after([1, 0.9, 0.95, 0.89, 0.92, 0.5], { patience: 3 })).toEqual({ stops: null, best: 6 });
  });
  it("an improvement must be larger than minDelta", () => {
    expect(after([1, 0.95, 0.91], { minDelta: 0.1, patience: 2 })).toEqual({ stops: 3, best: 1 });
  });
  it("accuracy is to grow, whether said or not", () => {
    expect(after([0.5, 0.6, 0.55], { monitor: "val_accuracy" })).toEqual({ stops: 3, best: 2 });
    expect(after([0.5, 0.6, 0.55], { monitor: "val_accuracy", mode: "min" })).toEqual({ stops: 2, best: 1 });
  });
  it("the patience starts anew only when the baseline is beaten", () => {
    expect(after([1, 0.9, 0.8, 0.7], { baseline: 0.5, patience: 3 })).toEqual({ stops: null, best: 4 });
    expect(after([1, 0.9, 0.8, 0.85], { baseline: 0.5, patience: 3 })).toEqual({ stops: 4, best: 3 });
  });
  it("a name that the log does not have is null", () => {
    expect(new EarlyStopping({}).see(1, { loss: 1 })).toBeNull();
  });
});
