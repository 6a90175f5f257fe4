import { expect, it } from "vitest";
import { METRICS } from "../../src/metrics/index.ts";
import { isBetter, metricMeaning } from "../../webview/metric-facts.ts";

it("which value is better agrees with yardstick's direction", () => {
  for (const { name, direction } of METRICS) {
    expect(isBetter(name, 0.9, 0.2), name).toBe(direction === "maximize");
    expect(isBetter(name, 0.1, -0.2), name).toBe(direction !== "minimize");
  }
});

it("every metric has its meaning in a sentence", () => {
  for (const { name } of METRICS) expect(metricMeaning(name), name).toMatch(/^[A-Z−].*\.$/);
  expect(metricMeaning("f2_meas")).toBeUndefined();
  expect(metricMeaning("toString")).toBeUndefined();
});
