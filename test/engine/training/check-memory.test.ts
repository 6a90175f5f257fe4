import { beforeAll, describe, expect, it } from "vitest";
import { findLoss } from "../../../src/engine/losses.ts";
import { weightsInTensorFlow } from "../../../src/engine/native/compute-natively.ts";
import { writeTraining, type TrainingGraph } from "../../../src/engine/native/training/training-graph.ts";
import { findOptimizer } from "../../../src/engine/optimizers.ts";
import { realise } from "../../../src/engine/realise.ts";
import { startTensorFlow } from "../../../src/engine/tensorflow/index.ts";
import { checkMemory } from "../../../src/engine/training/check-memory.ts";
import { networkOf } from "../native/training/train-both.ts";

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }));

/** 1,000 → 500 → 1. */
function graph(): TrainingGraph {
  const network = networkOf({ x: [1000] }, [
    { name: "hidden", class_name: "Dense", config: { units: 500, activation: "tanh" }, reads: [["x"]] },
    { name: "output", class_name: "Dense", config: { units: 1 }, reads: [["hidden"]] },
  ]);
  const { model } = realise(network, 1);
  const written = writeTraining({
    network,
    weights: weightsInTensorFlow(model),
    variables: model.weights.map(({ originalName, shape }) => {
      const [layer, weight] = originalName.split("/") as [string, string];
      return { layer, weight, shape: shape as number[], trained: true };
    }),
    outputs: [{ loss: findLoss("mean_squared_error"), metrics: [], weight: 1 }],
    optimizer: findOptimizer("adam", 0.01),
    weighted: false,
    ownEntries: [],
  });
  if ("reason" in written) throw new Error(written.reason);
  return written;
}

describe("what a step of training needs in memory", () => {
  it("is told from its graph: weights and their gradients at least, and each row's values for large batches", () => {
    const { memory } = graph();
    const weights = 4 * (1000 * 500 + 500 + 500 + 1);
    expect(memory(1)).toBeGreaterThanOrEqual(weights);
    expect(memory(1)).toBeLessThan(8 * weights);
    // The row itself, what the hidden layer is given and gives, and what goes back.
    const perRow = (memory(2e6) - memory(1e6)) / 1e6;
    expect(perRow).toBeGreaterThanOrEqual(4 * (1000 + 500 + 500));
    expect(perRow).toBeLessThan(4 * (1000 + 5 * 500));
  });

  it("is let through where it is there", () => {
    checkMemory(graph(), { batchSize: 32 }, { free: 1e9 });
  });

  it("is refused with a batch that would fit, or with other remedies where none does", () => {
    const tried = graph();
    const { memory } = tried;
    const carried = 3 * 3 * 4 * (1000 * 500 + 500 + 500 + 1);
    const free = memory(10_000) + carried;
    expect(() => checkMemory(tried, { batchSize: 1e6 }, { free })).toThrow(
      /in batches of 1000000 needs about .* GB of memory, and .* GB are free\. Batches of 8192 need about .*: set fit_batch_size to that/,
    );
    expect(() => checkMemory(tried, { batchSize: 32 }, { free: carried / 2 })).toThrow(
      "Not even batches of one row fit: make the images smaller, freeze more of the base, or let fine_tune begin at a later layer.",
    );
  });
});
