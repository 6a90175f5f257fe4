import { encodeModel } from "../../src/engine/native/onnx/encode.ts";
import { Graph, type Port } from "../../src/engine/native/onnx/graph.ts";
import { loadRuntime } from "../../src/engine/native/runtime.ts";
import { lower } from "../../src/engine/native/simplify/lower.ts";
import { differentiate } from "../../src/engine/native/training/differentiate.ts";
import { GraphExtents } from "../../src/engine/native/training/extents.ts";
import { GraphMath } from "../../src/engine/native/training/graph-math.ts";
import type { TensorMath } from "../../src/engine/tensor-math.ts";
import { tensorflowMath } from "../../src/engine/tensorflow/tensor-math.ts";
import { tf, type Tensor } from "../../src/engine/tensorflow/index.ts";

/** Values with a shape. */
export interface Given {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}
export type Named = Readonly<Record<string, Given>>;

/** Something written once: values by name → values by name. */
export type Mathematics = <T>(
  math: TensorMath<T>,
  given: Readonly<Record<string, T>>,
) => Readonly<Record<string, T>>;

/** What can be computed again and again with other values of the same shapes. */
export interface Computer {
  compute(given: Named): Promise<Record<string, number[]>>;
  release(): Promise<void>;
}

export function onTensorFlow(mathematics: Mathematics): Computer {
  return {
    compute: (given) =>
      Promise.resolve(
        tf.tidy(() =>
          Object.fromEntries(
            Object.entries(mathematics<Tensor>(tensorflowMath, mapped(given, asTensor))).map(
              ([name, tensor]) => [name, Array.from(tensor.dataSync())] as const,
            ),
          ),
        ) as never,
      ),
    release: () => Promise.resolve(),
  };
}

/**
 * The same as a graph that ONNX Runtime runs.
 *
 * @param shapes Of what is given.
 * @param gradientOf Adds the gradients of this result, as `gradient of …`, for all that is given.
 */
export async function onOnnxRuntime(
  mathematics: Mathematics,
  shapes: Readonly<Record<string, readonly number[]>>,
  gradientOf?: string,
): Promise<Computer> {
  const graph = new Graph();
  const extents = new GraphExtents(graph);
  const inputs = Object.entries(shapes).map(([name, shape]): Port => {
    extents.set(graph.freshName(name), shape);
    return { name, shape, exact: true };
  });
  const math = new GraphMath(extents, "test");
  const results: Record<string, string> = {
    ...mathematics<string>(math, Object.fromEntries(inputs.map(({ name }) => [name, name]))),
  };
  if (gradientOf !== undefined) {
    const start = new Map([[results[gradientOf]!, math.number(1)]]);
    for (const [name, gradient] of differentiate(extents, start, Object.keys(shapes)))
      results[`gradient of ${name}`] = gradient;
  }
  // Outputs have names of their own, also where a result is what was given.
  const outputs = Object.entries(results).map(([of, name]) => {
    const port: Port = { name: graph.freshName("result"), shape: extents.of(name), exact: true };
    graph.nodes.push({ op: "Identity", name: port.name, inputs: [name], output: port.name, attributes: {} });
    return { of, port };
  });
  lower(graph);
  const runtime = await loadRuntime();
  if (!runtime.available) throw new Error(runtime.reason);
  const { InferenceSession, Tensor } = runtime.ort;
  const whole = { name: "test", graph, inputs, outputs: outputs.map(({ port }) => port) };
  const session = await InferenceSession.create(encodeModel(whole), { intraOpNumThreads: 1 });
  return {
    async compute(given) {
      const feeds = mapped(
        given,
        ({ shape, values }) => new Tensor("float32", Float32Array.from(values), [...shape]),
      );
      const computed = await session.run(feeds);
      return Object.fromEntries(
        outputs.map(({ of, port }) => [of, Array.from(computed[port.name]!.data as Float32Array)]),
      );
    },
    release: () => session.release(),
  };
}

export function asTensor({ shape, values }: Given): Tensor {
  return tf.tensor(Float32Array.from(values), [...shape]);
}

export function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
