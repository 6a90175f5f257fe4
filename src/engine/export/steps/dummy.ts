import type { GraphColumn } from "../graph-column.ts";
import { doesNotFit, eachColumn } from "./exported-step.ts";

/**
 * A column of 0 and 1 for each level but the first (`one_hot`: for each). A level that the training rows do not have is an error in
 * `predict`; a graph cannot refuse, so there all of them are not a number, and so is what the network makes of them.
 */
export const dummy = eachColumn((step) => {
  const { graph, label, name, column } = step;
  const { one_hot, keep_original_cols = false } = step.options as {
    one_hot: boolean;
    keep_original_cols?: boolean;
  };
  const levels = (step.learnt as Readonly<Record<string, readonly string[]>>)[name]!;
  if (column.kind !== "nominal") return doesNotFit(step);
  const code = graph.add(
    "LabelEncoder",
    label,
    [column.name],
    {
      keys_strings: { texts: levels },
      values_int64s: { ints: levels.map((_, i) => i) },
      default_int64: { int: levels.length },
    },
    "ai.onnx.ml",
  );
  const made = (one_hot ? levels : levels.slice(1)).map((level): [string, GraphColumn] => {
    const table = graph.constant(graph.freshName(`${label}/is ${level}`), [levels.length + 1], () =>
      Float64Array.from([...levels.map((other) => (other === level ? 1 : 0)), NaN]),
    );
    const is = graph.add("Gather", `${label}/${level}`, [table, code]);
    return [`${name}_${level}`, { kind: "numeric", name: is }];
  });
  return keep_original_cols ? [[name, column], ...made] : made;
});
