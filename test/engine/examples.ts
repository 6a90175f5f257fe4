import type { Baked, Outcome } from "../../src/data/baked.ts";
import type { TensorColumn } from "../../src/data/table.ts";
import type { FitListener } from "../../src/engine/index.ts";
import type { BlockFunction, Mode, ModelDescription, WiredBlock } from "../../src/kspec/description.ts";
import { randomStream } from "../../src/engine/random.ts";
import type { BuiltLayer } from "../../src/protocol/index.ts";

/** What `set_engine` asks TensorFlow.js for all of a fit with: the native one where the tests have it. */
export const TENSORFLOW_JS = process.env["KSPEC_TFJS_NODE"] ? "tensorflow" : "wasm";

/** What these models are trained on where a test says nothing: KSpec's choice, or the engine whose turn it is (scripts/test-tfjs-node.mjs). */
const ENGINE = (process.env["KSPEC_TEST_ENGINE"] ?? "auto") as ModelDescription["engine"];

/** A model as the authoring functions describe it. */
export function model(
  layer_blocks: Record<string, BlockFunction | WiredBlock>,
  args: Record<string, unknown> = {},
  options: { mode?: Mode; api?: "functional" | "sequential"; engine?: ModelDescription["engine"] } = {},
): ModelDescription {
  const { mode = "classification", api = "functional", engine = ENGINE } = options;
  return {
    kind: "model",
    spec: { kind: "spec", api, model_name: "example", layer_blocks, mode },
    arguments: args,
    engine,
  };
}

/** A block with its arguments attached, as the compiler does: `"tensor"`, `"units?"`. */
export function block(fn: (args: never) => unknown, ...names: string[]): BlockFunction {
  const supplied = new Set(["input_shape", "num_classes", "units", "rate"]);
  return Object.assign(fn, {
    block_arguments: names.map((text) => {
      const name = text.replace("?", "");
      return {
        name,
        optional: text.endsWith("?"),
        type: supplied.has(name) ? ("number" as const) : ("tensor" as const),
      };
    }),
  }) as BlockFunction;
}

export function wired(fn: BlockFunction, upstream: WiredBlock["upstream"]): WiredBlock {
  return { kind: "wired_block", block: fn, upstream };
}

/** Small images of `classes` kinds: a bright square whose place is the class, in noise. */
export function squares(rows: number, { classes = 3, side = 8, seed = 1 } = {}): Baked {
  const random = randomStream(seed, "squares");
  const values = new Float32Array(rows * side * side);
  const codes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const code = Math.floor(random() * classes);
    codes[row] = code;
    const left = Math.floor(random() * 3) + (code % 2) * 3;
    const top = Math.floor(random() * 2) + Math.floor(code / 2) * 4;
    for (let i = 0; i < side * side; i++) values[row * side * side + i] = random() * 0.4;
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 3; x++) values[row * side * side + (top + y) * side + left + x]! += 0.6;
  }
  return {
    rows,
    inputs: new Map([["image", { kind: "tensor", shape: [side, side, 1], values }]]),
    outcomes: new Map([
      ["label", { kind: "nominal", levels: ["a", "b", "c", "d"].slice(0, classes), codes }],
    ]),
  };
}

/** Numbers x (two columns) and y = 2 x₁ − x₂ + 1 with a little noise. */
export function line(rows: number, seed = 1): Baked {
  const random = randomStream(seed, "line");
  const values = Float32Array.from({ length: rows * 2 }, () => random() * 2 - 1);
  const y = Float32Array.from(
    { length: rows },
    (_, i) => 2 * values[2 * i]! - values[2 * i + 1]! + 1 + (random() - 0.5) * 0.02,
  );
  return {
    rows,
    inputs: new Map([["predictors", { kind: "tensor", shape: [2], values }]]),
    outcomes: new Map<string, Outcome>([["y", { kind: "numeric", values: y }]]),
  };
}

/** An input's rows, in memory. */
export function inMemory(rows: Baked, name: string): TensorColumn {
  const column = rows.inputs.get(name);
  if (column?.kind !== "tensor") throw new Error(`The input ${name} is not in memory.`);
  return column;
}

/** Keeps all that a fit says. */
export class Recorder implements FitListener {
  readonly phases: string[] = [];
  readonly logs: Readonly<Record<string, number>>[] = [];
  readonly notes: { code: string; message: string }[] = [];
  readonly progressed: {
    phase: string;
    done: number;
    total: number | null;
    unit: string;
    cached?: number;
  }[] = [];
  layers: readonly BuiltLayer[] = [];
  parameters = { total: 0, trainable: 0 };
  onEpoch: (epoch: number, model: Parameters<FitListener["epochEnd"]>[3]) => void | Promise<void> = () => {};
  onProgress: (phase: string, done: number) => void = () => {};

  phase(phase: string): void {
    this.phases.push(phase);
  }
  progress(phase: string, done: number, total: number | null, unit: string, cached?: number): void {
    this.progressed.push({ phase, done, total, unit, ...(cached === undefined ? {} : { cached }) });
    this.onProgress(phase, done);
  }
  built(layers: readonly BuiltLayer[], parameters: { total: number; trainable: number }): void {
    this.layers = layers;
    this.parameters = parameters;
  }
  async epochEnd(
    epoch: number,
    _epochs: number,
    logs: Readonly<Record<string, number>>,
    model: Parameters<FitListener["epochEnd"]>[3],
  ): Promise<void> {
    this.logs.push(logs);
    await this.onEpoch(epoch, model);
  }
  note(_severity: string, code: string, message: string): void {
    this.notes.push({ code, message });
  }
}
