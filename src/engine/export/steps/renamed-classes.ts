import { eachClass, learntOf, type StepOnColumn } from "./exported-step.ts";

/** Classes that the training rows do not have become one. */
export const novel = eachClass((step, text) =>
  allOthers(step, text, learntOf<readonly string[]>(step), (step.options as { new_level: string }).new_level),
);

/** Rare classes become one, and new ones too; null: none was rare, and nothing is done. */
export const other = eachClass((step, text) => {
  const kept = learntOf<readonly string[] | null>(step);
  return kept === null ? text : allOthers(step, text, kept, (step.options as { other: string }).other);
});

/** An empty text stays one: it is missing. */
function allOthers(
  { graph, label }: StepOnColumn,
  text: string,
  kept: readonly string[],
  level: string,
): string {
  const same = { texts: [...kept, ""] };
  return graph.add(
    "LabelEncoder",
    label,
    [text],
    { keys_strings: same, values_strings: same, default_string: { text: level } },
    "ai.onnx.ml",
  );
}
