import type { PreppedRecipe } from "../../data/baked.ts";
import type { Port } from "../native/onnx/graph.ts";
import type { Value } from "../native/value.ts";
import type { LinkedOutput } from "../predictions.ts";
import { sizeOf } from "../rows.ts";
import type { OnnxOutput } from "./onnx-file.ts";
import { single, type Writing } from "./graph-column.ts";

export interface WrittenOutcomes {
  readonly ports: readonly Port[];
  readonly outputs: OnnxOutput[];
}

/**
 * Writes what `predict` makes of a network's outputs. A classification gives its probabilities, named as the outcome, and the
 * likeliest level as text, `{outcome}_class`; a regression gives its values.
 *
 * @param results The network's outputs, in the order of `plans`.
 */
export function writeOutcomes(
  writing: Writing,
  plans: readonly LinkedOutput[],
  outcomes: PreppedRecipe["outcomes"],
  results: readonly Value[],
): WrittenOutcomes {
  const { graph, layouts } = writing;
  const made = new Map<string, string>();
  for (const [i, plan] of plans.entries()) {
    const raw = linked(writing, plan, layouts.asInKeras(results[i]!).name);
    for (const [outcome, name] of estimates(writing, plan, raw)) made.set(outcome, name);
  }

  const ports: Port[] = [];
  const outputs: OnnxOutput[] = [];
  const give = (wanted: string, from: string, port: Omit<Port, "name">, output: Omit<OnnxOutput, "name">) => {
    const name = graph.freshName(wanted);
    graph.nodes.push({ op: "Identity", name, inputs: [from], output: name, attributes: {} });
    ports.push({ name, ...port });
    outputs.push({ name, ...output });
  };
  for (const { name: outcome, levels } of outcomes) {
    const estimate = made.get(outcome)!;
    if (levels === undefined) {
      give(outcome, estimate, { shape: [1] }, { outcome, kind: "value" });
      continue;
    }
    give(outcome, estimate, { shape: [levels.length] }, { outcome, kind: "probability", levels });
    const likeliest = likeliestLevel(writing, outcome, levels, estimate);
    give(`${outcome}_class`, likeliest, { shape: [], type: "string" }, { outcome, kind: "class", levels });
  }
  return { ports, outputs };
}

/** Probabilities of an output that was trained without its last function. */
function linked({ graph }: Writing, { name, link, shape }: LinkedOutput, result: string): string {
  if (link === "none") return result;
  if (link === "sigmoid") return graph.add("Sigmoid", name, [result]);
  return graph.add("Softmax", name, [result], { axis: { int: shape.length } });
}

/** Outcome → what is estimated of it: `[rows, classes]`, or `[rows, 1]` of a regression. */
function estimates({ graph }: Writing, plan: LinkedOutput, raw: string): [string, string][] {
  const { name, outcomes, classes } = plan;
  const width = sizeOf(plan.shape);
  if (plan.mode === "classification") {
    if (width === classes) return [[outcomes[0]!, raw]];
    // One unit says how likely the second class is.
    const first = graph.add("Sub", name, [single(graph, 1), raw]);
    return [[outcomes[0]!, graph.add("Concat", name, [first, raw], { axis: { int: 1 } })]];
  }
  const flat = plan.shape.length === 1 ? raw : graph.add("Flatten", name, [raw], { axis: { int: 1 } });
  if (outcomes.length === 1) return [[outcomes[0]!, flat]];
  return outcomes.map((outcome, column) => {
    const index = graph.constant(`column ${column}`, [1], () => BigInt64Array.of(BigInt(column)));
    return [outcome, graph.add("Gather", outcome, [flat, index], { axis: { int: 1 } })];
  });
}

/** The first of the largest, as text `[rows]`; empty where the probabilities are not numbers. */
function likeliestLevel(
  { graph }: Writing,
  outcome: string,
  levels: readonly string[],
  probabilities: string,
): string {
  const axis = { axis: { int: 1 }, keepdims: { int: 0 } };
  const code = graph.add("ArgMax", outcome, [probabilities], axis);
  const along = graph.constant("axis 1", [1], () => BigInt64Array.of(1n));
  const sum = graph.add("ReduceSum", outcome, [probabilities, along], { keepdims: { int: 0 } });
  const none = graph.constant(`code ${levels.length}`, [], () => BigInt64Array.of(BigInt(levels.length)));
  const known = graph.add("Where", outcome, [graph.add("IsNaN", outcome, [sum]), none, code]);
  const texts = graph.constant(`levels of ${outcome}`, [levels.length + 1], () => [...levels, ""]);
  return graph.add("Gather", outcome, [texts, known]);
}
