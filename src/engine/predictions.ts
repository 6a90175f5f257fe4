import type { Prediction } from "./contract.ts";
import type { InputPlan } from "./inputs.ts";
import { linked, type Link } from "./losses.ts";
import { sizeOf, type Rows } from "./rows.ts";
import type { OutputPlan } from "./targets.ts";
import { tf } from "./tensorflow/index.ts";
import { tensorflowMath } from "./tensorflow/tensor-math.ts";

/** What a saved model says of itself beside its layers. */
export interface FittedMetadata {
  /** Of this description. */
  readonly kspec: 1;
  readonly epoch: number;
  readonly inputs: readonly InputPlan[];
  readonly outputs: readonly LinkedOutput[];
  /** Layers whose weights no fit has changed. */
  readonly frozen: readonly string[];
}

export type LinkedOutput = OutputPlan & { readonly link: Link };

/** What a network's outputs say of each outcome: probabilities of its classes, or values. */
export function predictionsOf(
  outputs: readonly LinkedOutput[],
  results: readonly Rows[],
  rows: number,
): ReadonlyMap<string, Prediction> {
  return new Map(outputs.flatMap((plan, i) => ofOutcomes(plan, linkedValues(plan, results[i]), rows)));
}

/** Probabilities of an output that is trained without its last function. */
function linkedValues({ link, shape }: LinkedOutput, results: Rows | undefined): Float32Array {
  if (results === undefined || link === "none") return results?.values ?? new Float32Array();
  const { values } = results;
  const rows = values.length / sizeOf(shape);
  let linkedTo = values;
  tf.tidy(() => {
    linkedTo = linked(tensorflowMath, link, tf.tensor(values, [rows, ...shape]))
      .dataSync<"float32">()
      .slice();
  });
  return linkedTo;
}

function ofOutcomes(plan: OutputPlan, raw: Float32Array, rows: number): [string, Prediction][] {
  if (plan.mode === "classification") {
    const units = plan.classes;
    if (sizeOf(plan.shape) === units) return [[plan.outcomes[0]!, { units, values: raw }]];
    // One unit says how likely the second class is.
    const values = new Float32Array(rows * 2);
    for (let row = 0; row < rows; row++) {
      values[2 * row] = 1 - raw[row]!;
      values[2 * row + 1] = raw[row]!;
    }
    return [[plan.outcomes[0]!, { units, values }]];
  }
  const width = plan.outcomes.length;
  return plan.outcomes.map((outcome, column) => [
    outcome,
    { units: 1, values: Float32Array.from({ length: rows }, (_, row) => raw[row * width + column]!) },
  ]);
}
