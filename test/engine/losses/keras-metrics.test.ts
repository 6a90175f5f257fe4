import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { EpochMetric } from "../../../src/engine/epoch-metrics.ts";
import { findEpochMetric } from "../../../src/engine/epoch-metrics.ts";
import { isLossName } from "../../../src/engine/losses.ts";
import { camelCased } from "../../../src/engine/realise.ts";
import { Monitor } from "../../../src/engine/training/callbacks/monitor.ts";
import { startTensorFlow } from "../../../src/engine/tensorflow/index.ts";
import { metrics } from "../../../src/kspec/epoch-metrics.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { countWithOnnxRuntime, countWithTensorFlow, type Batch, type CountBatch } from "./both-engines.ts";

// Keras's metrics with options after two batches of unequal size, against numbers of Keras's (scripts/parity/epoch_metrics.py), on both
// engines.

interface Case {
  readonly class_name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly data: string;
  readonly result: number;
}
const { first, directions, data, cases } = JSON.parse(
  readFileSync(path.join(parityFixtures, "epoch-metrics.json"), "utf8"),
) as {
  first: number;
  directions: Record<string, "up" | "down">;
  data: Record<string, Omit<Batch, "activation">>;
  cases: Case[];
};

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

const titled = cases.map(
  (one) =>
    [`${one.class_name} ${JSON.stringify(one.options).replaceAll('"', "")}, ${one.data}`, one] as const,
);

/** As a spec says it: Keras's losses as metrics are given by name. */
function metricOf({ class_name, options, data: name }: Case): EpochMetric {
  const { columns } = data[name]!;
  const snake = class_name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  const byName = class_name === "KLDivergence" ? "kl_divergence" : snake;
  if (isLossName(byName) && class_name !== "CosineSimilarity") return findEpochMetric(byName, columns);
  if (class_name === "LogCoshError") return findEpochMetric("log_cosh_error", columns);
  // Keras takes several thresholds at once, the log one number.
  const { thresholds, ...others } = options;
  const config = camelCased(thresholds === undefined ? others : { ...others, threshold: thresholds });
  return findEpochMetric({ kind: "metric", class_name, config }, columns);
}

async function running(metric: EpochMetric, batch: Omit<Batch, "activation">, count: CountBatch) {
  const { columns, truth, estimate } = batch;
  const rows = truth.length / columns;
  const sums = Array<number>(metric.values).fill(0);
  for (const [from, to] of [
    [0, first],
    [first, rows],
  ] as const) {
    const values = await count({
      columns,
      truth: truth.slice(from * columns, to * columns),
      estimate: estimate.slice(from * columns, to * columns),
    });
    expect(values.length).toBe(metric.values);
    for (const [i, value] of values.entries())
      sums[i]! += metric.kind === "mean" ? value * (to - from) : value;
  }
  return metric.result(sums, rows);
}

describe("TensorFlow.js computes what Keras does", () => {
  it.each(titled)("%s", async (_, one) => {
    const metric = metricOf(one);
    const result = await running(metric, data[one.data]!, countWithTensorFlow(metric.batch.bind(metric)));
    expectClose(result, one.result);
  });
});

describe("ONNX Runtime computes what Keras does", () => {
  it.each(titled)("%s", async (_, one) => {
    const metric = metricOf(one);
    const result = await running(metric, data[one.data]!, countWithOnnxRuntime(metric.batch.bind(metric)));
    expectClose(result, one.result);
  });
});

describe("callbacks that watch a metric know which way is better", () => {
  it.each(Object.entries(directions))("%s: %s", (name, direction) => {
    const monitor = new Monitor({ monitor: `val_${name}` }, 0);
    expect(monitor.beats(0.6, 0.5)).toBe(direction === "up");
    expect(monitor.beats(0.5, 0.6)).toBe(direction === "down");
  });
});

it("there is a case of everything in the namespace", () => {
  const tried = new Set(cases.map(({ class_name }) => class_name));
  const needed = { specificity: 0.5, sensitivity: 0.5, recall: 0.5, precision: 0.5, targetClassIds: [0] };
  const classes = Object.entries(metrics).map(([name, make]) => {
    for (const options of [{}, ...Object.entries(needed).map(([key, value]) => ({ [key]: value }))])
      try {
        return (make as (given: object) => { class_name: string })(options).class_name;
      } catch {
        // It needs another option.
      }
    return name;
  });
  expect(classes.filter((name) => !tried.has(name))).toEqual([]);
});

function expectClose(actual: number, expected: number): void {
  if (!(Math.abs(actual - expected) <= 1e-5 * Math.max(Math.abs(expected), 1e-2)))
    expect.fail(`It is ${actual} and should be ${expected}`);
}
