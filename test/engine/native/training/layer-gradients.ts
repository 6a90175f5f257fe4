import { expect } from "vitest";
import { writeGraphWithin, weightsByName } from "../../../../src/engine/native/export.ts";
import { graphOfConfig } from "../../../../src/engine/native/keras-graph.ts";
import { encodeModel } from "../../../../src/engine/native/onnx/encode.ts";
import { Graph, type Port } from "../../../../src/engine/native/onnx/graph.ts";
import { loadRuntime } from "../../../../src/engine/native/runtime.ts";
import { dropUnused } from "../../../../src/engine/native/simplify/drop-unused.ts";
import { lower } from "../../../../src/engine/native/simplify/lower.ts";
import { differentiate } from "../../../../src/engine/native/training/differentiate.ts";
import { GraphExtents } from "../../../../src/engine/native/training/extents.ts";
import { LoopVariables } from "../../../../src/engine/native/training/loop-variables.ts";
import { correctForTraining } from "../../../../src/engine/corrections.ts";
import { draw } from "../../../../src/engine/draws.ts";
import { withDraws } from "../../../../src/engine/tensorflow/drawn-layers.ts";
import {
  tf,
  type LayersModel,
  type Scalar,
  type Tensor,
  type Variable,
} from "../../../../src/engine/tensorflow/index.ts";
import type { KerasConfig } from "../../../../src/model/network.ts";
import { expectClose, randomRows, weightsOf } from "../compare.ts";

const STEP = { seed: 3, epoch: 2, step: 1 };

/**
 * A model with one input, whose weights are all trained, gives in training the same outputs natively as on TensorFlow.js, and the same
 * gradients of Σ y · r (r random) by all its weights and its input.
 *
 * @param given Values of the input, with as many rows as fit. Default: three rows of random ones.
 */
export async function expectSameGradients(
  model: LayersModel,
  shape: readonly number[],
  given?: Float32Array,
): Promise<void> {
  const values = given ?? randomRows(3, shape).values;
  const rows = values.length / shape.reduce((a, b) => a * b, 1);
  const input = { values, dims: [rows, ...shape] };
  // What whole numbers stand for, as words, has no gradient.
  const smooth = given === undefined;
  const there = onTensorFlow(model, input, smooth);
  const here = await natively(model, input, there.factors.dims, there.factors.values);
  expectClose(here.output, there.output);
  for (const [name, expected] of there.gradients) {
    const actual = here.gradients.get(name);
    if (actual === undefined)
      expect(
        expected.every((one) => one === 0),
        `gradient of ${name}`,
      ).toBe(true);
    else expectNear(name, actual, expected);
  }
}

interface Values {
  readonly values: Float32Array;
  readonly dims: readonly number[];
}

function onTensorFlow(model: LayersModel, { values, dims }: Values, smooth: boolean) {
  const tensor = tf.tensor(values, [...dims]);
  const input = smooth ? tf.variable(tensor) : tensor;
  for (const layer of model.layers) correctForTraining(layer, true);
  const weights = new Map(model.weights.map((one) => [one.originalName, one.read() as Variable]));
  const compute = () => withDraws(STEP, () => model.apply(input, { training: true }) as Tensor);
  const output = tf.tidy(compute);
  const { values: random } = randomRows(1, output.shape, 9);
  const factors = tf.tensor(random, output.shape);
  const { grads } = tf.variableGrads(
    () => tf.sum(tf.mul(compute(), factors)) as Scalar,
    [...(smooth ? [input as Variable] : []), ...weights.values()],
  );
  const gradients = new Map(
    [["input", input] as const, ...weights].flatMap(([name, variable]) => {
      const found = grads[(variable as Variable).name];
      // Moving averages have none.
      return found == null ? [] : [[name, found.dataSync() as Float32Array] as const];
    }),
  );
  return {
    output: output.dataSync() as Float32Array,
    gradients,
    factors: { values: random, dims: output.shape },
  };
}

async function natively(
  model: LayersModel,
  input: Values,
  outputDims: readonly number[],
  factors: Float32Array,
) {
  const { class_name, config } = model.toJSON(null, false) as unknown as {
    class_name: string;
    config: KerasConfig;
  };
  const graph = new Graph();
  const extents = new GraphExtents(graph);
  const ports: Port[] = [];
  const port = (name: string, shape: readonly (number | null)[], exact: boolean): string => {
    ports.push({ name: graph.freshName(name), shape, ...(exact ? { exact } : {}) });
    extents.set(name, exact ? shape : [null, ...shape]);
    return name;
  };
  const shape = model.inputs[0]!.shape.slice(1);
  const all = weightsOf(model);
  const variables = new LoopVariables(
    extents,
    [...all].map(([name, one]) => {
      const at = name.indexOf("/");
      return { layer: name.slice(0, at), weight: name.slice(at + 1), shape: one.shape, trained: true };
    }),
    true,
    (name, of) => port(name, of, false),
  );
  let output = "";
  const written = writeGraphWithin(
    "test",
    graphOfConfig(class_name, config),
    weightsByName(all),
    {
      before: () => ({
        ports: [],
        values: [{ name: port("input", shape, false), shape, channelsFirst: false }],
      }),
      behind: (_, layouts, results) => {
        output = layouts.asInKeras(results[0]!).name;
        return [];
      },
    },
    variables,
  );
  if (!written.supported) throw new Error(`${written.layer} (${written.class_name}) ${written.reason}`);
  const factor = port("factors", extents.of(output), true);
  for (const one of variables.all) ports.push({ name: one.name, shape: one.shape, exact: true });
  const gradients = differentiate(extents, new Map([[output, factor]]), [
    "input",
    ...variables.all.map(({ name }) => name),
  ]);
  const out = (name: string) => {
    const own = graph.add("Identity", "result", [name]);
    return { name: own, shape: extents.of(own), exact: true } as const;
  };
  const result = out(output);
  const made = new Map([...gradients].map(([name, gradient]) => [name, out(gradient)]));
  const whole = { name: "test", graph, inputs: ports, outputs: [result, ...made.values()] };
  lower(graph);
  dropUnused(whole);

  const runtime = await loadRuntime();
  if (!runtime.available) throw new Error(runtime.reason);
  const { InferenceSession, Tensor: Feed } = runtime.ort;
  const session = await InferenceSession.create(encodeModel(whole), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds: Record<string, InstanceType<typeof Feed>> = {
    input: new Feed("float32", input.values, input.dims),
    factors: new Feed("float32", factors, outputDims),
  };
  for (const one of variables.all) {
    expect(one.order).toEqual(one.shape.map((_, i) => i));
    const { values } = all.get(`${one.layer}/${one.weight}`)!;
    feeds[one.name] = new Feed("float32", values as Float32Array, one.shape);
  }
  for (const one of variables.draws) {
    const dims = [input.dims[0]!, ...one.shape];
    const size = dims.reduce((a, b) => a * b, 1);
    feeds[one.port] = new Feed("float32", draw(STEP, one.what, one.call, one.draw, size), dims);
  }
  try {
    const results = await session.run(feeds);
    const found = (name: string) => results[name]!.data as Float32Array;
    const named = new Map(variables.all.map((one) => [one.name, `${one.layer}/${one.weight}`]));
    return {
      output: found(result.name),
      gradients: new Map([...made].map(([name, { name: from }]) => [named.get(name) ?? name, found(from)])),
    };
  } finally {
    await session.release();
  }
}

function expectNear(name: string, actual: Float32Array, expected: Float32Array): void {
  expect(actual.length, `values of the gradient of ${name}`).toBe(expected.length);
  // Gradients that cancel out, as those of a bias before a softmax, are rounding and nothing else.
  const largest = expected.reduce((most, one) => Math.max(most, Math.abs(one)), 1e-2);
  for (let i = 0; i < actual.length; i++)
    if (!(Math.abs(actual[i]! - expected[i]!) <= 2e-5 * largest))
      expect.fail(
        `value ${i} of the gradient of ${name} is ${actual[i]} and should be ${expected[i]} (largest ${largest})`,
      );
}
