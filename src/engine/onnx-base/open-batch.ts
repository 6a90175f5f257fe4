import type { FileConstant, FileNode } from "../native/onnx/read.ts";
import { DATA_TYPE } from "../native/onnx/schema.ts";
import type { Cut } from "./cut.ts";

/** The batch size that a model was exported for; undefined where any is taken. */
export function fixedBatch({ inputs }: Cut): number | undefined {
  const [first] = inputs.map(({ shape }) => shape?.[0]);
  return first ?? undefined;
}

/**
 * A model that was exported for one batch size, for any: shapes that it reshapes to leave the extent of their first axis open,
 * where that was the batch size. Whether this is what the model means, computing it tells.
 */
export function withOpenBatch(cut: Cut): Cut {
  const batch = fixedBatch(cut);
  const replaced = new Map<string, FileConstant>();
  const nodes = cut.nodes.map((node): FileNode => {
    const name = node.inputs[1];
    const constant = name === undefined ? undefined : cut.model.constants.get(name);
    if (node.op !== "Reshape" || constant?.type !== DATA_TYPE.int64 || constant.bytes < 8) return node;
    const bytes = Uint8Array.from(constant.values() as Uint8Array);
    const extents = new BigInt64Array(bytes.buffer);
    if (Number(extents[0]) !== batch) return node;
    // ONNX's signs for "what is left" and "as it was"; where 0 may mean 0 an attribute says so.
    extents[0] = extents.includes(-1n) ? 0n : -1n;
    replaced.set(name!, { ...constant, values: () => bytes });
    return { ...node, attributes: node.attributes.filter((one) => one.name !== "allowzero") };
  });
  return { ...cut, nodes, replaced };
}
