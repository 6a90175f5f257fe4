import { encodeModel } from "../../../src/engine/native/onnx/encode.ts";
import { Graph, type Port } from "../../../src/engine/native/onnx/graph.ts";
import { loadRuntime } from "../../../src/engine/native/runtime.ts";
import { differentiate } from "../../../src/engine/native/training/differentiate.ts";
import { GraphExtents } from "../../../src/engine/native/training/extents.ts";
import { GraphMath } from "../../../src/engine/native/training/graph-math.ts";
import { tf, type Tensor } from "../../../src/engine/tensorflow/index.ts";
import { activated, keepingLogits } from "../../../src/engine/tensorflow/logits.ts";
import { tensorflowMath } from "../../../src/engine/tensorflow/tensor-math.ts";
import type { TensorMath } from "../../../src/engine/tensor-math.ts";

/** A truth and an estimate, or what an activation makes it of, `columns` in a row. */
export interface Batch {
  readonly columns: number;
  readonly truth: readonly number[];
  readonly estimate: readonly number[];
  readonly activation: "softmax" | "sigmoid" | null;
}
type Formula = <T>(math: TensorMath<T>, truth: T, estimate: T) => T;

export interface Computed {
  readonly values: number[];
  /** Of the mean of the values, by what was estimated: what the activation was given, where there is one. */
  readonly gradient: number[];
}

export function withTensorFlow(formula: Formula, batch: Batch): Computed {
  return keepingLogits(() =>
    tf.tidy(() => {
      const shape: [number, number] = [batch.truth.length / batch.columns, batch.columns];
      const truth = tf.tensor2d([...batch.truth], shape);
      let values: Tensor | undefined;
      const gradient = tf.grad((given) => {
        const { activation } = batch;
        values = tf.keep(
          formula(
            tensorflowMath,
            truth as Tensor,
            activation === null ? given : activated(tf, activation, given),
          ),
        );
        return tf.mean(values);
      })(tf.tensor2d([...batch.estimate], shape));
      const result = { values: [...values!.dataSync()], gradient: [...gradient.dataSync()] };
      values!.dispose();
      return result;
    }),
  );
}

/** The same as a graph with its gradient, as the native engine trains, in which the number of rows is open. */
export async function withOnnxRuntime(formula: Formula, batch: Batch): Promise<Computed> {
  const graph = new Graph();
  const extents = new GraphExtents(graph);
  const math = new GraphMath(extents, "loss");
  for (const name of ["truth", "given"]) extents.set(graph.freshName(name), [null, batch.columns]);
  const { activation } = batch;
  const values = formula(math, "truth", activation === null ? "given" : math[activation]("given"));
  const mean = math.mean(values);
  const gradient = differentiate(extents, new Map([[mean, math.number(1)]]), ["given"]).get("given")!;

  const results = await run(graph, batch, [
    { name: values, shape: extents.of(values), exact: true },
    { name: gradient, shape: [batch.columns] },
  ]);
  return { values: results[0]!, gradient: results[1]! };
}

/** What a metric adds to its sums, laid one after the other. */
type Counting = <T>(math: TensorMath<T>, truth: T, estimate: T) => readonly T[];
export type CountBatch = (batch: Omit<Batch, "activation">) => Promise<number[]>;

export function countWithTensorFlow(counting: Counting): CountBatch {
  return ({ columns, truth, estimate }) =>
    Promise.resolve(
      tf.tidy(() => {
        const shape: [number, number] = [truth.length / columns, columns];
        const [y, p] = [truth, estimate].map((values) => tf.tensor2d([...values], shape) as Tensor);
        return counting(tensorflowMath, y!, p!).flatMap((value) => [...value.dataSync()]);
      }),
    );
}

export function countWithOnnxRuntime(counting: Counting): CountBatch {
  return async (batch) => {
    const graph = new Graph();
    const extents = new GraphExtents(graph);
    for (const name of ["truth", "given"]) extents.set(graph.freshName(name), [null, batch.columns]);
    const values = counting(new GraphMath(extents, "metric"), "truth", "given");
    const results = await run(
      graph,
      batch,
      // Two values may be the same of the graph, and an output has one name.
      values.map((value): Port => {
        const name = graph.freshName("sum");
        graph.nodes.push({ op: "Identity", name, inputs: [value], output: name, attributes: {} });
        return { name, shape: extents.of(value), exact: true };
      }),
    );
    return results.flat();
  };
}

/** Runs a graph whose inputs are `truth` and `given`. */
async function run(
  graph: Graph,
  { columns, truth, estimate }: Omit<Batch, "activation">,
  outputs: readonly Port[],
): Promise<number[][]> {
  const runtime = await loadRuntime();
  if (!runtime.available) throw new Error(runtime.reason);
  const { InferenceSession, Tensor } = runtime.ort;
  const inputs = ["truth", "given"].map((name): Port => ({ name, shape: [columns] }));
  const session = await InferenceSession.create(encodeModel({ name: "both", graph, inputs, outputs }));
  try {
    const dims = [truth.length / columns, columns];
    const results = await session.run({
      truth: new Tensor("float32", Float32Array.from(truth), dims),
      given: new Tensor("float32", Float32Array.from(estimate), dims),
    });
    return outputs.map(({ name }) => Array.from(results[name]!.data as Float32Array));
  } finally {
    await session.release();
  }
}
