import type { FileConstant } from "../native/onnx/read.ts";
import { DATA_TYPE } from "../native/onnx/schema.ts";
import type { Cut } from "./cut.ts";

/** The batch size that a model was exported for; undefined where any is taken. */
export function fixedBatch({ inputs }: Cut): number | undefined {
  const [first] = inputs.map(({ shape }) => shape?.[0]);
  return first ?? undefined;
}

/**
 * A model that was exported for one batch size, for any: shapes that it reshapes to keep the extent of their first axis, where
 * that was the batch size. Whether this is what the model means, computing it tells.
 */
export function withOpenBatch(cut: Cut): Cut {
  const batch = fixedBatch(cut);
  const replaced = new Map<string, FileConstant>();
  for (const { op, inputs } of cut.nodes) {
    const name = inputs[1];
    const constant = name === undefined ? undefined : cut.model.constants.get(name);
    if (op !== "Reshape" || constant?.type !== DATA_TYPE.int64 || constant.bytes < 16) continue;
    const bytes = Uint8Array.from(constant.values() as Uint8Array);
    const extents = new BigInt64Array(bytes.buffer);
    if (Number(extents[0]) !== batch) continue;
    // ONNX's sign for "as it was".
    extents[0] = 0n;
    replaced.set(name!, { ...constant, values: () => bytes });
  }
  return { ...cut, replaced };
}
