import { activationOperations } from "./activations.ts";
import { affineOperations } from "./affine.ts";
import { convolutionOperations } from "./convolution.ts";
import { elementwiseOperations } from "./elementwise.ts";
import { imageOperations } from "./images.ts";
import { matrixOperations } from "./matrices.ts";
import { normalizationOperations } from "./normalization.ts";
import type { Operation } from "./operation.ts";
import { pieceOperations } from "./pieces.ts";
import { placeOperations } from "./places.ts";
import { poolingOperations } from "./pooling.ts";
import { reductionOperations } from "./reductions.ts";
import { resizingOperations } from "./resizing.ts";
import { runningSumOperations } from "./running-sums.ts";
import { scanOperations } from "./scan.ts";
import { shapeOperations } from "./shapes.ts";
import { zeroPaddingOperations } from "./zero-padding.ts";

/** ONNX's name of an operation → its extents and its gradient. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ...convolutionOperations,
    ...poolingOperations,
    ...zeroPaddingOperations,
    ...activationOperations,
    ...affineOperations,
    ...elementwiseOperations,
    ...imageOperations,
    ...matrixOperations,
    ...normalizationOperations,
    ...pieceOperations,
    ...placeOperations,
    ...reductionOperations,
    ...resizingOperations,
    ...runningSumOperations,
    ...scanOperations,
    ...shapeOperations,
  }),
);
