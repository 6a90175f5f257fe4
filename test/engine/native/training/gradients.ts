import { expect } from "vitest";
import { encodeModel } from "../../../../src/engine/native/onnx/encode.ts";
import { Graph, type Port } from "../../../../src/engine/native/onnx/graph.ts";
import { loadRuntime, type OnnxRuntime } from "../../../../src/engine/native/runtime.ts";
import { dropUnused } from "../../../../src/engine/native/simplify/drop-unused.ts";
import { lower } from "../../../../src/engine/native/simplify/lower.ts";
import { differentiate } from "../../../../src/engine/native/training/differentiate.ts";
import { GraphExtents } from "../../../../src/engine/native/training/extents.ts";
import type { Extents } from "../../../../src/engine/native/training/operations/operation.ts";
import { randomStream, shuffled } from "../../../../src/engine/random.ts";
import { inDoubles } from "./in-doubles.ts";

/**
 * Checks the gradients that KSpec writes for operations of ONNX, as ONNX Runtime computes them, against central differences.
 *
 *     await expectGradients({
 *       inputs: [{ shape: [3, 1, 5], rows: true }, { shape: [4, 5] }],
 *       write: (graph, [a, b]) => graph.add("Mul", "test", [a!, b!]),
 *     });
 *
 * - Every input of floats that is not `fixed` is a variable. What is differentiated is Σ y · r, r random; each value of each
 *   variable is then moved up and down by itself.
 * - Values are different points between `from` and `to` (−2 and 2) in an order that `seed` says: no two are equal and none is 0,
 *   where functions have corners. A trial of corners gives its `values`, and says by itself what is expected there.
 * - Differences are taken in double precision where ONNX Runtime has the operations in it, else in single precision: with a longer
 *   step and a wider tolerance. What is linear in each of its inputs by itself (convolutions, all that only moves values) has
 *   exact differences at any step: say `linear: true`, and the tolerance is narrow in single precision too.
 * - Extents of `open` axes (the first where `rows` is true) are null while the graph is written, as the number of rows is. What
 *   GraphExtents says of outputs and gradients is compared with what a run gives.
 */
export async function expectGradients(trial: Trial): Promise<void> {
  const given = valuesOf(trial);
  const forward = await openInDoubles(write(trial, given, false));
  const whole = write(trial, given, true);
  const backward = await open(whole);
  try {
    const values = given.map((one) => one.values);
    const shapes = given.map(({ shape }) => shape);
    const outputs = await forward.run(values, shapes);
    for (const [i, { dims }] of outputs.entries())
      expectExtents(`output ${i}`, forward.written.outputs[i]!.extents, dims);
    const factors = outputs.map(({ values: { length } }, i) => points(length, -1, 1, seedOf(trial) + 7 * i));

    const results = await backward.run(
      [...values, ...factors],
      [...shapes, ...outputs.map(({ dims }) => dims)],
    );
    const step = forward.double ? 1e-5 : trial.linear === true ? 1 : 2 ** -7;
    const tolerance = trial.tolerance ?? (forward.double || trial.linear === true ? 2e-5 : 2e-3);
    for (const [i, { name, shape, varied }] of given.entries()) {
      if (!varied) continue;
      const expected = await differences(forward, values, shapes, factors, i, step);
      const said = whole.outputs.find(({ of }) => of === name);
      if (said === undefined) {
        // Nothing depends on it, or not in a way that can be differentiated.
        expectNear(
          `the gradient of ${name}, which has none,`,
          expected.map(() => 0),
          expected,
          tolerance,
        );
        continue;
      }
      const gradient = results[whole.outputs.indexOf(said)]!;
      expect(gradient.dims, `extents of the gradient of ${name}`).toEqual(shape);
      expectExtents(`the gradient of ${name}`, said.extents, shape);
      expectNear(`the gradient of ${name}`, gradient.values, expected, tolerance);
    }
  } finally {
    await forward.release();
    await backward.release();
  }
}

/** The gradients themselves of Σ y · r, for trials whose values say what is expected: at corners, of equal values. */
export async function gradientsOf(trial: Trial, factors: readonly number[]): Promise<number[][]> {
  const given = valuesOf(trial);
  const whole = write(trial, given, true);
  const session = await open(whole);
  try {
    const extents = whole.inputs.at(-1)!.shape.map((extent) => extent ?? -1);
    const known = extents.filter((extent) => extent >= 0).reduce((a, b) => a * b, 1);
    const dims = extents.map((extent) => (extent < 0 ? factors.length / known : extent));
    const results = await session.run(
      [...given.map(({ values }) => values), factors],
      [...given.map(({ shape }) => shape), dims],
    );
    return results.map(({ values }) => values);
  } finally {
    await session.release();
  }
}

export interface Trial {
  readonly inputs: readonly Given[];
  /** Writes what is tried, and gives its output or outputs. It is asked twice, of two graphs. */
  write(graph: Graph, inputs: readonly string[], extents: GraphExtents): string | readonly string[];
  /** It is linear in each input by itself. Default false. */
  readonly linear?: boolean;
  /** Which values. Default 1. */
  readonly seed?: number;
  /** Allowed difference, as a share of the largest gradient of the input. Default 2e-5, and 2e-3 in single precision. */
  readonly tolerance?: number;
}

export interface Given {
  readonly shape: readonly number[];
  /** The first extent is the number of rows, which only a run tells. */
  readonly rows?: boolean;
  /** Further axes whose extents only a run tells. */
  readonly open?: readonly number[];
  /** Values lie between these. Default −2 and 2. */
  readonly from?: number;
  readonly to?: number;
  readonly values?: readonly number[];
  /** Whole numbers, which have `values` and are no variables. */
  readonly whole?: boolean;
  /** It is no variable. */
  readonly fixed?: boolean;
}

interface Prepared {
  readonly name: string;
  readonly shape: readonly number[];
  readonly extents: Extents;
  readonly values: number[];
  readonly whole: boolean;
  readonly varied: boolean;
}

function valuesOf(trial: Trial): Prepared[] {
  return trial.inputs.map((given, i) => {
    const { shape, from = -2, to = 2, whole = false, rows = false, open: unknown = [] } = given;
    const size = shape.reduce((a, b) => a * b, 1);
    const values = given.values ?? points(size, from, to, seedOf(trial) + i, trial.inputs.length, i);
    if (values.length !== size) throw new Error(`Input ${i} has ${values.length} values for ${size} places.`);
    return {
      name: `input ${i}`,
      shape,
      extents: shape.map((extent, axis) => ((rows && axis === 0) || unknown.includes(axis) ? null : extent)),
      values: [...values],
      whole,
      varied: !whole && given.fixed !== true,
    };
  });
}

function seedOf({ seed = 1 }: Trial): number {
  return 1000 * seed;
}

/** Different numbers, which differ from those of the other tensors of the same trial too. */
function points(size: number, from: number, to: number, seed: number, tensors = 1, which = 0): number[] {
  const all = Math.max(64, size);
  const order = shuffled(all, randomStream(seed, "points"));
  return Array.from(order.subarray(0, size), (point) =>
    // What is computed in single and in double precision starts from the same numbers.
    Math.fround(from + ((to - from) * (point + (which + 0.5) / tensors)) / all),
  );
}

interface Written {
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Output[];
}

interface Output extends Port {
  /** Whose gradient it is. */
  readonly of?: string;
  readonly extents: Extents;
}

/** What is tried, or, with gradients, the graph that gives those of the variables from the outputs' (behind its inputs). */
function write(trial: Trial, given: readonly Prepared[], withGradients: boolean): Written {
  const graph = new Graph();
  const extents = new GraphExtents(graph);
  const inputs = given.map(({ name, extents: shape, whole }): Port => {
    extents.set(graph.freshName(name), shape);
    return { name, shape, exact: true, type: whole ? "int64" : "float32" };
  });
  const names = given.map(({ name }) => name);
  const made = [trial.write(graph, names, extents)].flat() as string[];
  /** Outputs of a graph have names of their own, also where two gradients are one value. */
  const output = (name: string, of?: string): Output => {
    const shape = extents.of(name);
    const own = graph.freshName("result");
    graph.nodes.push({ op: "Identity", name: own, inputs: [name], output: own, attributes: {} });
    return { name: own, shape, extents: shape, exact: true, ...(of === undefined ? {} : { of }) };
  };
  if (!withGradients) return { name: "trial", graph, inputs, outputs: made.map((name) => output(name)) };

  const factors = made.map((name, i): Port => {
    const factor = graph.freshName(`gradient of output ${i}`);
    extents.set(factor, extents.of(name));
    return { name: factor, shape: extents.of(name), exact: true };
  });
  const starts = new Map(made.map((name, i) => [name, factors[i]!.name]));
  const variables = given.flatMap(({ name, varied }) => (varied ? [name] : []));
  const gradients = [...differentiate(extents, starts, variables)];
  const outputs = gradients.map(([variable, gradient]) => output(gradient, variable));
  return { name: "trial", graph, inputs: [...inputs, ...factors], outputs };
}

interface Opened {
  readonly written: Written;
  readonly double: boolean;
  run(
    values: readonly (readonly number[])[],
    dims: readonly (readonly number[])[],
  ): Promise<{ readonly values: number[]; readonly dims: readonly number[] }[]>;
  release(): Promise<void>;
}

/** In double precision if ONNX Runtime has all its operations in it. */
async function openInDoubles(written: Written): Promise<Opened> {
  lower(written.graph);
  try {
    return await open(inDoubles(written), true);
  } catch (error) {
    if (!/NOT_IMPLEMENTED|implementation for|tensor\(double\)/.test(String(error))) throw error;
    return open(written);
  }
}

async function open(written: Written, double = false): Promise<Opened> {
  // KSpec's own operations become ONNX's.
  lower(written.graph);
  dropUnused(written);
  if (written.outputs.length === 0)
    return { written, double, run: () => Promise.resolve([]), release: () => Promise.resolve() };
  const { InferenceSession, Tensor } = await onnxRuntime();
  const session = await InferenceSession.create(encodeModel(written), {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const tensor = ({ type }: Port, values: readonly number[], dims: readonly number[]) => {
    if (type === "int64") return new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
    return type === "float64"
      ? new Tensor("float64", Float64Array.from(values), dims)
      : new Tensor("float32", Float32Array.from(values), dims);
  };
  return {
    written,
    double,
    async run(values, dims) {
      const feeds = written.inputs.map((port, i) => [port.name, tensor(port, values[i]!, dims[i]!)] as const);
      const results = await session.run(Object.fromEntries(feeds));
      return written.outputs.map(({ name }) => {
        const { data, dims: extents } = results[name]!;
        return { values: Array.from(data as Float32Array, Number), dims: extents };
      });
    },
    release: () => session.release(),
  };
}

async function onnxRuntime(): Promise<OnnxRuntime> {
  const runtime = await loadRuntime();
  if (!runtime.available) throw new Error(runtime.reason);
  return runtime.ort;
}

/** The gradient of Σ y · factors with respect to one of the inputs. */
async function differences(
  { run }: Opened,
  values: readonly number[][],
  dims: readonly (readonly number[])[],
  factors: readonly number[][],
  which: number,
  step: number,
): Promise<number[]> {
  const result: number[] = [];
  for (const [place, before] of values[which]!.entries()) {
    const at = async (value: number) => {
      const moved = values.map((list, i) => (i === which ? list.with(place, value) : list));
      const outputs = await run(moved, dims);
      return outputs.reduce(
        (sum, output, i) => output.values.reduce((all, one, j) => all + one * factors[i]![j]!, sum),
        0,
      );
    };
    result.push(((await at(before + step)) - (await at(before - step))) / (2 * step));
  }
  return result;
}

function expectExtents(what: string, said: Extents, dims: readonly number[]): void {
  expect(
    said.map((extent, axis) => extent ?? dims[axis]),
    `extents that are said of ${what}`,
  ).toEqual(dims);
}

function expectNear(
  what: string,
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
): void {
  expect(actual.length, `values of ${what}`).toBe(expected.length);
  const largest = expected.reduce((most, one) => Math.max(most, Math.abs(one)), 0.01);
  for (const [i, one] of actual.entries())
    if (!(Math.abs(one - expected[i]!) <= tolerance * largest))
      expect.fail(`value ${i} of ${what} is ${one} and should be ${expected[i]} (largest ${largest})`);
}
