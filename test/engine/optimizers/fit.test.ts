import { describe, expect, it } from "vitest";
import { fitModel } from "../../../src/engine/index.ts";
import { constraints } from "../../../src/kspec/constraints.ts";
import { initializers } from "../../../src/kspec/initializers.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { optimizers } from "../../../src/kspec/optimizers.ts";
import { regularizers } from "../../../src/kspec/regularizers.ts";
import { schedules } from "../../../src/kspec/schedules.ts";
import { block, model, Recorder, squares, TENSORFLOW_JS, wired } from "../examples.ts";

type T = never;
const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const output = wired(
  block(({ tensor }: { tensor: T }) => {
    const hidden = layers.dense({
      units: 6,
      activation: "tanh",
      kernelRegularizer: regularizers.orthogonalRegularizer({ factor: 0.1 }),
      activityRegularizer: regularizers.l2({ l2: 0.05 }),
      kernelConstraint: constraints.maxNorm({ maxValue: 0.8 }),
    });
    const classes = layers.dense({
      units: 3,
      activation: "softmax",
      kernelInitializer: initializers.heNormal({ seed: 1 }),
      biasRegularizer: "l1" as never,
    });
    return classes.apply(hidden.apply(layers.flatten().apply(tensor)));
  }, "tensor"),
  "input",
);

async function logs(engine: typeof TENSORFLOW_JS | "native", given: Record<string, unknown>) {
  const says = new Recorder();
  await fitModel(
    {
      train: squares(100),
      seed: 1,
      specFolder: import.meta.dirname,
      model: model({ input, output }, { fit_epochs: 4, fit_validation_split: 0.2, ...given }, { engine }),
    },
    says,
  );
  expect(says.notes).toEqual([]);
  return says.logs;
}

describe("a fit by a spec's arguments", () => {
  it.each([
    [{ compile_optimizer: optimizers.adamw({ learningRate: 0.01, weightDecay: 0.1, globalClipnorm: 1 }) }],
    [{ compile_optimizer: "lion", learn_rate: 0.001 }],
    [{ learn_rate: schedules.cosineDecay({ initialLearningRate: 0.02, decaySteps: 10 }) }],
  ])("is the same on both engines: %j", async (given) => {
    const [native, reference] = [await logs("native", given), await logs(TENSORFLOW_JS, given)];
    expect(native.length).toBe(4);
    for (const [epoch, log] of reference.entries())
      for (const [key, value] of Object.entries(log))
        expect(native[epoch]![key], `${key} of epoch ${epoch + 1}`).toBeCloseTo(value, 4);
  });

  it("stands still where the schedule says 0", async () => {
    // Eighty rows in batches of 32 are three steps of an epoch.
    const stopping = schedules.piecewiseConstantDecay({ boundaries: [2], values: [0.05, 0] });
    const all = await logs("native", { learn_rate: stopping, fit_shuffle: false });
    expect(all[1]!["loss"]).not.toBeCloseTo(all[0]!["loss"]!, 2);
    // Keras's constraint makes weights at its bound a ten-millionth smaller in each step.
    for (const log of all) expect(log["val_loss"]).toBeCloseTo(all[0]!["val_loss"]!, 5);
  });
});
