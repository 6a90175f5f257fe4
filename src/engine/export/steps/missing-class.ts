import { eachClass, learntOf, type StepOnColumn } from "./exported-step.ts";

/** An empty text is a missing class; it becomes the training rows' most frequent one. */
export const imputeMode = eachClass((step, text) => instead(step, text, learntOf<string>(step)));

/** An empty text is a missing class; it becomes a class of its own. */
export const unknown = eachClass((step, text) =>
  instead(step, text, (step.options as { new_level: string }).new_level),
);

function instead({ graph, label }: StepOnColumn, text: string, level: string): string {
  const empty = graph.add(
    "LabelEncoder",
    label,
    [text],
    { keys_strings: { texts: [""] }, values_int64s: { ints: [1] }, default_int64: { int: 0 } },
    "ai.onnx.ml",
  );
  const one = graph.constant("code 1", [], () => BigInt64Array.of(1n));
  const missing = graph.add("Equal", label, [empty, one]);
  return graph.add("Where", label, [missing, graph.constant(`text ${level}`, [], () => [level]), text]);
}
