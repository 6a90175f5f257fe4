import { expect } from "vitest";
import { graphOfConfig } from "../../../src/engine/native/keras-graph.ts";
import { exportGraph, weightsByName, type Exported } from "../../../src/engine/native/export.ts";
import { loadRuntime } from "../../../src/engine/native/runtime.ts";
import { openSession } from "../../../src/engine/native/session.ts";
import { randomStream } from "../../../src/engine/random.ts";
import type { Rows } from "../../../src/engine/rows.ts";
import {
  tf,
  type LayersModel,
  type SymbolicTensor,
  type Tensor,
  type Variable,
} from "../../../src/engine/tensorflow/index.ts";
import type { KerasConfig, WeightValues } from "../../../src/model/network.ts";

/** A layer or several, as a whole model of TensorFlow.js. */
export type Build = (input: SymbolicTensor) => SymbolicTensor;

/** A model with one input; its weights are random, and no average is 0 or variance 1. */
export function modelOf(shape: (number | null)[], build: Build, seed = 1): LayersModel {
  const input = tf.input({ shape });
  return randomised(tf.model({ inputs: input, outputs: build(input) }), seed);
}

export function randomised(model: LayersModel, seed = 1): LayersModel {
  const random = randomStream(seed, "weights");
  for (const weight of model.weights) {
    const variance = weight.originalName.includes("variance");
    const values = Float32Array.from({ length: weight.shape.reduce<number>((a, b) => a * b!, 1) }, () =>
      variance ? 0.5 + random() : random() - 0.4,
    );
    (weight.read() as Variable).assign(tf.tensor(values, weight.shape as number[]));
  }
  return model;
}

export function weightsOf(model: LayersModel): Map<string, WeightValues> {
  return new Map(
    model.weights.map((weight) => {
      const tensor = weight.read();
      return [
        weight.originalName,
        { shape: tensor.shape, dtype: "float32", values: tensor.dataSync().slice() as Float32Array },
      ];
    }),
  );
}

/** The model as ONNX; a test of what is not supported asks `exportGraph` itself. */
export function exported(model: LayersModel): Exported {
  const { class_name, config } = model.toJSON(null, false) as unknown as {
    class_name: string;
    config: KerasConfig;
  };
  const result = exportGraph("test", graphOfConfig(class_name, config), weightsByName(weightsOf(model)));
  if (!result.supported) throw new Error(`${result.layer} (${result.class_name}) ${result.reason}`);
  return result;
}

export function randomRows(rows: number, shape: readonly number[], seed = 1): Rows {
  const random = randomStream(seed, "rows");
  const size = rows * shape.reduce((a, b) => a * b, 1);
  return { shape, values: Float32Array.from({ length: size }, () => random() * 4 - 2) };
}

/** Runs one batch through ONNX Runtime. */
export async function runNatively(model: Exported, inputs: readonly Rows[], rows: number): Promise<Rows[]> {
  const runtime = await loadRuntime();
  if (!runtime.available) throw new Error(runtime.reason);
  const session = await openSession(runtime.ort, model);
  try {
    return await session.run(inputs, rows);
  } finally {
    await session.release();
  }
}

/** ONNX Runtime and TensorFlow.js give the same for three random rows. */
export async function expectSame(
  model: LayersModel,
  shapes: readonly (readonly number[])[],
  values?: Float32Array,
): Promise<Exported> {
  const rows = 3;
  const inputs = shapes.map((shape, i) =>
    values === undefined ? randomRows(rows, shape, i + 1) : { shape, values },
  );
  const whole = exported(model);
  const native = await runNatively(whole, inputs, rows);
  const tensors = inputs.map((one) => tf.tensor(one.values, [rows, ...one.shape]));
  const result = tf.tidy(
    () => model.apply(tensors.length === 1 ? tensors[0]! : tensors) as Tensor | Tensor[],
  );
  const expected = Array.isArray(result) ? result : [result];
  for (const [i, tensor] of expected.entries()) {
    expect([rows, ...native[i]!.shape]).toEqual(tensor.shape);
    expectClose(native[i]!.values, tensor.dataSync() as Float32Array);
  }
  expect(whole.outputs.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape.slice(1)));
  return whole;
}

/** Equal to 1e-5 of the largest value. */
export function expectClose(actual: Float32Array, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, one) => Math.max(most, Math.abs(one)), 1e-6);
  for (let i = 0; i < actual.length; i++)
    if (!(Math.abs(actual[i]! - expected[i]!) <= 1e-5 * largest))
      expect.fail(`value ${i} is ${actual[i]} and should be ${expected[i]} (largest ${largest})`);
}
