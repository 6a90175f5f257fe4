import { describe, expect, it } from "vitest";
import { fitModel, readCheckpoint, writeCheckpoint, type Reached } from "../../../src/engine/index.ts";
import { callbacks } from "../../../src/kspec/callbacks.ts";
import type { EngineName } from "../../../src/kspec/description.ts";
import { fine_tune } from "../../../src/kspec/fine-tune.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { load_model } from "../../../src/kspec/load-model.ts";
import { temporaryFolder } from "../../runs/asked.ts";
import { block, model, Recorder, squares, TENSORFLOW_JS, wired } from "../examples.ts";

const train = squares(60, { side: 28 });
const test = squares(12, { side: 28, seed: 4 });

const transfer = {
  input: block(({ input_shape }) => layers.input({ shape: input_shape }), "input_shape"),
  base: wired(
    block(({ tensor }) => {
      const base = load_model("kspec:digits_base");
      base.trainable = false;
      return base.apply(tensor);
    }, "tensor"),
    "input",
  ),
  output: wired(
    block(
      ({ tensor, num_classes }) =>
        layers.dense({ units: num_classes, activation: "softmax" }).apply(layers.flatten().apply(tensor)),
      "tensor",
      "num_classes",
    ),
    "base",
  ),
};

/** Two epochs of the head, three of the base's last convolution; stopped after the named epoch, in the middle of the next. */
async function fit(engine: EngineName, folder?: string, after?: number) {
  const says = new Recorder();
  const stop = new AbortController();
  const resume = folder === undefined ? null : await readCheckpoint(folder);
  const result = await fitModel(
    {
      model: model(
        transfer,
        {
          fit_epochs: 2,
          fit_validation_split: 0.2,
          fit_callbacks: callbacks.earlyStopping({ patience: 9, restoreBestWeights: true }),
        },
        { engine },
      ),
      train,
      seed: 1,
      specFolder: import.meta.dirname,
      store: null,
      fineTune: fine_tune({ from: "digits_conv6", epochs: 3, learn_rate: 0.001 }),
      ...(resume !== null && { resume }),
    },
    Object.assign(says, {
      reached: async ({ epoch, state }: Reached) => {
        if (epoch !== after) return;
        await writeCheckpoint(folder!, await state());
        stop.abort();
      },
    }),
    stop.signal,
  );
  return { result, logs: says.logs };
}

describe.each(["auto", TENSORFLOW_JS] as const)("fine-tuning that goes on, engine %s", (engine) => {
  it.each([[[1]], [[2]], [[3]], [[1, 2, 4]]])(
    "stopped after %j: ends as one that never stopped",
    async (stops) => {
      const whole = await fit(engine);
      const folder = temporaryFolder();
      const logs: Readonly<Record<string, number>>[] = [];
      for (const after of stops) logs.push(...(await fit(engine, folder, after)).logs);
      const last = await fit(engine, folder);
      expect([...logs, ...last.logs]).toEqual(whole.logs);
      expect(last.result).toMatchObject({ stopped: "finished", epochs: 5 });
      expect(last.result.model!.epoch).toBe(whole.result.model!.epoch);
      const [ours, theirs] = await Promise.all(
        [last, whole].map(({ result }) => result.model!.predict(test)),
      );
      expect(ours!.get("label")!.values).toEqual(theirs!.get("label")!.values);
    },
  );
});
