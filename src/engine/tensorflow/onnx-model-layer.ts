import { UserError } from "../../protocol/index.ts";
import {
  caseFor,
  misfitOf,
  ONNX_MODEL,
  onnxConfig,
  shownShapes,
  type OnnxBaseConfig,
} from "../onnx-base/config.ts";
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
      const misfit = misfitOf(this.#config, rows);
      if (misfit !== undefined) throw new UserError("base-input", `the .onnx model ${misfit}`);
      const known = caseFor(this.#config, rows)?.output;
      const { shape } = this.#config.output;
      const open = shape.includes(null) && rows.every((row) => !row.includes(null));
      if (known === undefined && open)
        throw new UserError(
          "onnx-input-shape",
          `the .onnx model takes any size, and what it gives for ${shownShapes(rows)} was not computed. Put it directly behind the input block, or export it for one size.`,
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

/** TensorFlow.js gives options in camelCase. */
function snakeCased(args: Record<string, unknown>): Record<string, unknown> {
  const { upTo, openBatch, ...rest } = args;
  return {
    ...rest,
    ...(upTo === undefined ? {} : { up_to: upTo }),
    ...(openBatch === undefined ? {} : { open_batch: openBatch }),
  };
}
