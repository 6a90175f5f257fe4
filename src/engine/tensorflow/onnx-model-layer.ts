import { UserError } from "../../protocol/index.ts";
import { caseFor, ONNX_MODEL, onnxConfig, type OnnxBaseConfig } from "../onnx-base/config.ts";
import type { TensorFlow } from "./index.ts";

type Shape = (number | null)[];

/**
 * A model from an .onnx file in a network of TensorFlow.js, which can tell its shapes, save and load it, and compute nothing of it:
 * that is ONNX Runtime's.
 */
export function registerOnnxModelLayer(tf: TensorFlow): void {
  class OnnxModel extends (tf.layers.Layer as unknown as LayerClass) {
    static readonly className = ONNX_MODEL;
    readonly #config: OnnxBaseConfig;
    constructor(args: Record<string, unknown>) {
      super(args);
      this.#config = onnxConfig(snakeCased(args));
    }
    computeOutputShape(given: Shape | Shape[]): Shape {
      const shapes = (Array.isArray(given[0]) ? given : [given]) as Shape[];
      const rows = shapes.map((shape) => shape.slice(1));
      checkShapes(this.#config, rows);
      const known = caseFor(this.#config, rows)?.output;
      const { shape } = this.#config.output;
      const open = shape.includes(null) && rows.every((row) => !row.includes(null));
      if (known === undefined && open)
        throw new UserError(
          "onnx-input-shape",
          `the .onnx model takes any size, and what it gives for ${shown(rows)} was not computed. Put it directly behind the input block, or export it for one size.`,
        );
      return [shapes[0]![0]!, ...(known ?? shape)];
    }
    call(): never {
      throw new UserError(
        "onnx-needs-runtime",
        'A base from an .onnx file can only be computed by ONNX Runtime. Leave KSPEC_DEVICE and set_engine at "auto", or use a base that Keras saved (.keras).',
      );
    }
    override getConfig(): Record<string, unknown> {
      return { ...super.getConfig(), ...this.#config };
    }
  }
  tf.serialization.registerClass(OnnxModel as never);
}

type LayerClass = new (args: object) => { getConfig(): Record<string, unknown> };

/** @throws UserError when the model has not as many inputs, or others. */
function checkShapes({ inputs }: OnnxBaseConfig, rows: readonly Shape[]): void {
  if (rows.length !== inputs.length)
    throw new UserError(
      "base-input",
      `the .onnx model has ${inputs.length} inputs, and it is applied to ${rows.length} tensors.`,
    );
  for (const [i, row] of rows.entries()) {
    const { shape } = inputs[i]!;
    const fits =
      row.length === shape.length &&
      row.every((extent, axis) => extent === null || shape[axis] === null || extent === shape[axis]);
    if (fits) continue;
    const image = shape.length === 3 && row.length === 3 && row[2] === shape[2];
    throw new UserError(
      "base-input",
      `the .onnx model takes ${shown([shape])}, and it got ${shown([row])}.${
        image
          ? ` Resize the images in the recipe: .step_resize("image", { height: ${shape[0]}, width: ${shape[1]} }).`
          : ""
      }`,
    );
  }
}

function shown(shapes: readonly Shape[] | readonly (readonly (number | null)[])[]): string {
  return shapes.map((shape) => `[${shape.map((extent) => extent ?? "any").join(", ")}]`).join(" and ");
}

/** TensorFlow.js gives options in camelCase. */
function snakeCased(args: Record<string, unknown>): Record<string, unknown> {
  const { upTo, openBatch, ...rest } = args;
  return {
    ...rest,
    ...(upTo === undefined ? {} : { up_to: upTo }),
    ...(openBatch === undefined ? {} : { open_batch: openBatch }),
  };
}
