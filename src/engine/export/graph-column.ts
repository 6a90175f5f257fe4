import type { Graph } from "../native/onnx/graph.ts";
import type { Layouts, Value } from "../native/value.ts";

/** A predictor in the graph, on its way through the recipe. */
export type GraphColumn =
  /** float64 `[rows, 1]`: steps on numbers are computed in double precision, as KSpec does. */
  | { readonly kind: "numeric"; readonly name: string }
  /** Text `[rows, 1]`. */
  | { readonly kind: "nominal"; readonly name: string }
  /** float32, 0–255 at first. */
  | { readonly kind: "image"; readonly value: Value }
  /** float32: what step_collapse makes. */
  | { readonly kind: "tensor"; readonly value: Value };

/** Where the graph is written to. */
export interface Writing {
  readonly graph: Graph;
  readonly layouts: Layouts;
}

/** A number for a column of float64. */
export function double(graph: Graph, value: number): string {
  return graph.constant(`double ${value}`, [], () => Float64Array.of(value));
}

/** A number for pixels. */
export function single(graph: Graph, value: number): string {
  return graph.constant(`number ${value}`, [], () => Float32Array.of(value));
}
