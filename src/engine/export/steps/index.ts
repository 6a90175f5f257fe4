import { augment } from "./augment.ts";
import { dummy } from "./dummy.ts";
import type { ExportedStep } from "./exported-step.ts";
import { normalize } from "./normalize.ts";
import { preprocessInput } from "./preprocess-input.ts";
import { rescale } from "./rescale.ts";
import { resize } from "./resize.ts";

/** How each recipe step (`src/data/recipe/steps`, by the same names) is written in ONNX. */
export const exportedSteps: ReadonlyMap<string, ExportedStep> = new Map<string, ExportedStep>([
  ["rescale", rescale],
  ["resize", resize],
  ["normalize", normalize],
  ["dummy", dummy],
  ["preprocess_input", preprocessInput],
  ["augment", augment],
]);
