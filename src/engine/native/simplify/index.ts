import type { WholeGraph } from "../onnx/graph.ts";
import { foldAffine } from "./fold-affine.ts";
import { foldPadding } from "./fold-padding.ts";
import { dropUnused } from "./drop-unused.ts";
import { lower } from "./lower.ts";

/** Makes a graph smaller without changing what it computes, and writes what is left as ONNX has it. */
export function simplify(whole: WholeGraph): void {
  foldAffine(whole);
  foldPadding(whole);
  lower(whole.graph);
  dropUnused(whole);
}
