import type { KerasConfig } from "../../model/network.ts";
import type { Layout } from "./layout.ts";

/**
 * The configuration of a layer of the class "OnnxModel": a model from an .onnx file, used as one. Shapes are of one row, in
 * Keras's order of axes. (A type and not an interface, so that it is a Keras configuration.)
 */
export type OnnxBaseConfig = {
  /** Of the file, with its weights beside it: what the layer computes depends on it and on `up_to` alone. */
  readonly sha256: string;
  /** Where the file lies in the folder of a saved model. */
  readonly file: string;
  /** The value or node that the model is cut after. */
  readonly up_to?: string;
  readonly inputs: readonly OnnxInput[];
  readonly output: { readonly shape: readonly (number | null)[]; readonly layout: Layout };
  /** What was computed when the file was read: shapes in and out, and what one row costs. */
  readonly cases: readonly OnnxCase[];
  /** The file was exported for a batch of one size, and is computed in any. */
  readonly open_batch?: true;
  /** Numbers in its weights. */
  readonly parameters: number;
};

export interface OnnxInput {
  /** null where any extent is taken. */
  readonly shape: readonly (number | null)[];
  readonly layout: Layout;
  /** `TensorProto.DataType`; Keras's values are float32 and become this. */
  readonly type: number;
}

export interface OnnxCase {
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
  readonly values: number;
  readonly multiplications: number;
}

/** What the class is called in a network's configuration. */
export const ONNX_MODEL = "OnnxModel";

/** @throws Error for a configuration that KSpec did not write. */
export function onnxConfig(config: KerasConfig): OnnxBaseConfig {
  if (
    typeof config["sha256"] !== "string" ||
    !Array.isArray(config["inputs"]) ||
    !Array.isArray(config["cases"])
  )
    throw new Error("This is no configuration of an .onnx base.");
  return config as OnnxBaseConfig;
}

/** Why a model cannot take rows of these shapes, as what follows its name in a sentence; undefined: it can. */
export function misfitOf(
  { inputs }: Pick<OnnxBaseConfig, "inputs">,
  rows: readonly Extents[],
): string | undefined {
  if (rows.length !== inputs.length)
    return `has ${inputs.length} ${inputs.length === 1 ? "input" : "inputs"}, and it is applied to ${rows.length} tensors.`;
  for (const [i, row] of rows.entries()) {
    const { shape } = inputs[i]!;
    const fits =
      row.length === shape.length &&
      row.every((extent, axis) => extent === null || shape[axis] === null || extent === shape[axis]);
    if (fits) continue;
    const image = shape.length === 3 && row.length === 3 && row[2] === shape[2];
    return `takes ${shownShapes([shape])}, and it got ${shownShapes([row])}.${
      image
        ? ` Resize the images in the recipe: .step_resize("image", { height: ${shape[0]}, width: ${shape[1]} }).`
        : ""
    }`;
  }
  return undefined;
}

type Extents = readonly (number | null)[];

export function shownShapes(shapes: readonly Extents[]): string {
  return shapes.map((shape) => `[${shape.map((extent) => extent ?? "any").join(", ")}]`).join(" and ");
}

/** The case that was computed for inputs of these shapes. */
export function caseFor(
  { cases }: OnnxBaseConfig,
  shapes: readonly (readonly (number | null)[])[],
): OnnxCase | undefined {
  const wanted = JSON.stringify(shapes);
  return cases.find(({ inputs }) => JSON.stringify(inputs) === wanted);
}
