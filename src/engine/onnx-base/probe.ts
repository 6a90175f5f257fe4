import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import { differenceOf } from "../native/compute-natively.ts";
import { encodeModel } from "../native/onnx/encode.ts";
import { Graph, type Node, type Port } from "../native/onnx/graph.ts";
import { DATA_TYPE } from "../native/onnx/schema.ts";
import { dropUnused } from "../native/simplify/drop-unused.ts";
import { Layouts } from "../native/value.ts";
import type { OnnxInput } from "./config.ts";
import type { Cut } from "./cut.ts";
import { openTrial, TrialEnded, type TrialSession } from "./trial-process.ts";
import { writeModel } from "./write.ts";

/** What a model computed of rows of some shape, as its output lies in memory. */
export interface Probed {
  /** Of one row. */
  readonly output: readonly number[];
  /** Whether two rows at once gave what each gave alone. */
  readonly eachRowAlone: boolean;
  /** What one row costs (see `Load`). */
  readonly values: number;
  readonly multiplications: number;
}

export interface Probe {
  /** @param shapes of one row of each input, in Keras's order */
  run(shapes: readonly (readonly number[])[]): Promise<Probed>;
  release(): void;
}

/** The same row computed in another company differs by rounding only. */
const TOLERANCE = 1e-3;

/**
 * Gives a model to ONNX Runtime, in a process of its own, to see whether it can be computed, and what comes out: shapes follow from that and not from
 * what the file says of them.
 *
 * @throws UserError naming the file, when ONNX Runtime refuses it.
 */
export async function openProbe(cut: Cut, inputs: readonly OnnxInput[]): Promise<Probe> {
  const graph = new Graph();
  const ports = inputs.map(({ shape }, i): Port => ({ name: graph.freshName(`input ${i}`), shape }));
  const values = ports.map((port) => ({ ...port, channelsFirst: false }));
  const written = writeModel(graph, new Layouts(graph), "model", cut, inputs, values);
  if ("reason" in written) throw new Error(written.reason);
  const all = graph.constant("everything", [1], () => BigInt64Array.of(-1n));
  const flat = graph.add("Reshape", "flat", [written.output, all]);
  const shape = graph.add("Shape", "shape", [written.output]);
  const measured = graph.nodes.filter((node) => node.asRead && MEASURED.has(node.op) && node.output !== "");
  const shapes = measured.map(({ output }) => graph.add("Shape", "measured", [output]));
  const outputs: Port[] = [
    { name: flat, shape: [] },
    ...[shape, ...shapes].map((name): Port => ({ name, shape: [], type: "int64" })),
  ];
  const whole = { name: "probe", graph, inputs: ports, outputs };
  dropUnused(whole);
  const session = await tried(cut, encodeModel(whole));

  const compute = async (
    rows: readonly (readonly Float32Array[])[],
    extents: readonly (readonly number[])[],
  ) => {
    const feeds = ports.map(({ name }, i) => {
      const joined = new Float32Array(rows.length * rows[0]![i]!.length);
      rows.forEach((row, at) => joined.set(row[i]!, at * row[i]!.length));
      return [name, { shape: [rows.length, ...extents[i]!], values: joined }] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    const numbers = (name: string) => Array.from(results[name]!.values as BigInt64Array, Number);
    return {
      flat: results[flat]!.values as Float32Array,
      shape: numbers(shape),
      shapes: shapes.map(numbers),
    };
  };
  return {
    async run(extents) {
      const rows = [1, 2].map((seed) => inputs.map(({ type }, i) => noise(extents[i]!, type, seed + 2 * i)));
      const first = await compute([rows[0]!], extents).catch((error: unknown) => refused(cut, error));
      const output = first.shape.slice(1);
      // The same row behind another must give the same.
      const both = await compute([rows[1]!, rows[0]!], extents).catch((error: unknown) =>
        error instanceof TrialEnded ? refused(cut, error) : undefined,
      );
      const eachRowAlone =
        both !== undefined &&
        first.shape[0] === 1 &&
        String(both.shape) === String([2, ...output]) &&
        differenceOf(both.flat.subarray(first.flat.length), first.flat) <= TOLERANCE;
      return { output, eachRowAlone, ...costs(graph, measured, first.shapes, first.flat.length) };
    },
    release: () => session.release(),
  };
}

/** The model in the process of trials, which takes it from a file. */
async function tried(cut: Cut, bytes: Uint8Array): Promise<TrialSession> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "kspec-onnx-"));
  try {
    const file = path.join(folder, "model.onnx");
    await writeFile(file, bytes);
    return await openTrial(file).catch((error: unknown) => refused(cut, error));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refused({ model }: Cut, error: unknown): never {
  const first = String((error as Error).message ?? error).split("\n")[0]!;
  if (error instanceof TrialEnded)
    throw new UserError(
      "onnx-refused",
      `${model.label}: ONNX Runtime fails at computing it (${first}). The file is damaged, or needs another version of ONNX Runtime: export it again, or cut it before with up_to.`,
      { cause: error },
    );
  throw new UserError(
    "onnx-refused",
    `${model.label}: ONNX Runtime cannot compute it (${first.slice(0, 300)}). Export the model again, or cut it before with up_to.`,
    { cause: error },
  );
}

/** Numbers from 0 to 1; of whole numbers, which may be places in a table, 0 and 1. */
function noise(shape: readonly number[], type: number, seed: number): Float32Array {
  const whole = type !== DATA_TYPE.float32 && type !== DATA_TYPE.float64 && type !== FLOAT16;
  let state = seed * 7919;
  return Float32Array.from({ length: shape.reduce((size, extent) => size * extent, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return whole ? state >>> 31 : state / 2 ** 32;
  });
}
const FLOAT16 = 10;

/** Operations whose output says what the model costs. */
const MEASURED = new Set(
  "Conv ConvTranspose Gemm MatMul MaxPool AveragePool Resize Upsample Concat Pad Transpose Relu Add Mul".split(
    " ",
  ),
);
const OF_WEIGHTS = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

function costs(graph: Graph, nodes: readonly Node[], shapes: readonly (readonly number[])[], output: number) {
  let values = output;
  let multiplications = 0;
  for (const [i, { op, inputs }] of nodes.entries()) {
    const shape = shapes[i]!;
    const size = shape.reduce((product, extent) => product * extent, 1);
    // What it reads is about as large as what it gives.
    values = Math.max(values, 2 * size);
    if (!OF_WEIGHTS.has(op)) continue;
    const weights = graph.constants
      .get(inputs[1] ?? "")
      ?.shape.reduce((product, extent) => product * extent, 1);
    const channels = (op.startsWith("Conv") ? shape[1] : shape.at(-1)) ?? 1;
    // Two computed matrices: their common extent is not told by the output.
    multiplications += weights === undefined ? size * 64 : (size / Math.max(1, channels)) * weights;
  }
  return { values, multiplications };
}
