import { elementwiseOperations } from "./elementwise.ts";
import { matrixOperations } from "./matrices.ts";
import type { Operation } from "./operation.ts";
import { reductionOperations } from "./reductions.ts";
import { shapeOperations } from "./shapes.ts";

/** ONNX's name of an operation → its extents and its gradient. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ...elementwiseOperations,
    ...matrixOperations,
    ...reductionOperations,
    ...shapeOperations,
  }),
);
