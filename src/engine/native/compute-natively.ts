import type { WeightValues } from "../../model/network.ts";
import { type Computed } from "../compute.ts";
import { slice, type Rows } from "../rows.ts";
import type { LayersModel } from "../tensorflow/index.ts";
import { chosenDevice } from "./device.ts";
import { namesWithin, writeGraph } from "./export.ts";
import type { KerasGraph } from "./keras-graph.ts";
import type { WeightLookup } from "./layers/layer-call.ts";
import { loadRuntime } from "./runtime.ts";
import { simplify } from "./simplify/index.ts";
import { openSession, rowsAtOnce } from "./session.ts";

/** A network on ONNX Runtime, or why it is not. */
export type Natively =
  | { readonly network: Computed; /** Something about how it computes. */ readonly note?: string }
  | {
      readonly network: null;
      /** "unavailable": nothing is, on this computer. "unsupported": a layer is not. "mismatch", "refused": it should be, and is not. */
      readonly why: "unavailable" | "unsupported" | "mismatch" | "refused";
      /** One sentence. */
      readonly reason: string;
    };

export interface Asked {
  readonly name: string;
  readonly graph: KerasGraph;
  readonly weights: WeightLookup;
  /** The same network on TensorFlow.js, which the first rows are compared with; null: it was compared before, or has no such form. */
  readonly reference: Computed | null;
  /** All inputs of the network; a few of these rows are computed both ways. */
  readonly inputs: readonly Rows[];
  readonly rows: number;
  /** Less work than this, in multiplications for all rows, is not worth a session. Default 0. */
  readonly atLeast?: number;
}

/** Rows that are computed both ways before the native one is trusted. */
export const COMPARED = 4;
/** Largest difference, as a share of the largest value. */
const TOLERANCE = 1e-4;

/** Puts a network on ONNX Runtime where all its layers have a form in ONNX and both ways give the same. */
export async function computeNatively(asked: Asked): Promise<Natively> {
  const device = chosenDevice();
  const runtime = await loadRuntime();
  if (!runtime.available || device === "none")
    return { network: null, why: "unavailable", reason: runtime.available ? "" : runtime.reason };

  const exported = writeGraph(asked.name, asked.graph, asked.weights);
  if (!exported.supported) {
    const { layer, class_name, reason } = exported;
    return {
      network: null,
      why: "unsupported",
      reason: `The layer ${layer} (${class_name}) ${reason}`,
    };
  }
  if (asked.rows * exported.load.multiplications < (asked.atLeast ?? 0))
    return { network: null, why: "unsupported", reason: "So little work is not worth a session." };

  try {
    simplify(exported);
    const atOnce = rowsAtOnce(exported);
    const opening = openSession(runtime.ort, exported, device);
    opening.catch(() => undefined);
    // ONNX Runtime prepares the network on its own thread, while TensorFlow.js computes on this one.
    const expected = await expectedOf(asked);
    const session = await opening;
    const { note } = session;
    const network = { rowsAtOnce: atOnce, run: session.run, release: session.release };
    const difference = expected === null ? 0 : await compare(network, expected, asked);
    if (difference <= TOLERANCE) return { network, ...(note === undefined ? {} : { note }) };
    await session.release();
    return {
      network: null,
      why: "mismatch",
      reason: `Its results differ from TensorFlow.js's by ${difference.toPrecision(2)} of the largest.`,
    };
  } catch (error) {
    return {
      network: null,
      why: "refused",
      reason: `ONNX Runtime refuses the network (${String((error as Error).message).split("\n")[0]}).`,
    };
  }
}

/** What TensorFlow.js makes of the first rows; null where nothing is to be compared. */
async function expectedOf({ reference, inputs, rows }: Asked): Promise<Rows[] | null> {
  return reference === null ? null : reference.run(firstRows(inputs, rows), Math.min(rows, COMPARED));
}

function firstRows(inputs: readonly Rows[], rows: number): Rows[] {
  return inputs.map((input) => slice(input, 0, Math.min(rows, COMPARED)));
}

/** The largest difference between the two, as a share of the largest value of the same output. */
async function compare(
  network: Computed,
  expected: readonly Rows[],
  { inputs, rows }: Asked,
): Promise<number> {
  const actual = await network.run(firstRows(inputs, rows), Math.min(rows, COMPARED));
  return Math.max(0, ...actual.map((one, i) => differenceOf(one.values, expected[i]!.values)));
}

/** @returns Infinity where only one of the two is a number, or they have different sizes. */
export function differenceOf(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  let difference = 0;
  for (const [i, one] of expected.entries()) {
    const other = actual[i]!;
    if (Number.isFinite(one) && Number.isFinite(other)) {
      largest = Math.max(largest, Math.abs(one));
      difference = Math.max(difference, Math.abs(one - other));
      // Both infinite, or both no number, is no difference.
    } else if (!Object.is(one, other)) return Infinity;
  }
  return difference === 0 ? 0 : difference / Math.max(largest, Number.MIN_VALUE);
}

/** Weights as they are now in a model of TensorFlow.js, its nested models' included. */
export function weightsInTensorFlow(model: LayersModel): WeightLookup {
  const found = new Map(model.weights.map((weight) => [weight.originalName, weight]));
  const lookup = (layer: string, weight: string): WeightValues | undefined => {
    const variable = found.get(`${layer}/${weight}`);
    if (variable === undefined) return undefined;
    const tensor = variable.read();
    return {
      shape: tensor.shape,
      dtype: "float32",
      // The backend may lend its own memory here; it is read at once, as the model is encoded.
      get values() {
        return tensor.dataSync<"float32">();
      },
    };
  };
  return Object.assign(lookup, { names: (layer: string) => namesWithin(layer, found.keys()) });
}
