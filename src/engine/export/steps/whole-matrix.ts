import { UserError } from "../../../protocol/index.ts";
import { DATA_TYPE } from "../../native/onnx/schema.ts";
import { componentNames } from "../../../data/recipe/steps/pca.ts";
import type { GraphColumn } from "../graph-column.ts";
import type { ExportedStep, StepOnTable } from "./exported-step.ts";

interface Components {
  readonly columns: readonly string[];
  readonly components: readonly (readonly number[])[];
}

/** Columns times the weights of each component. */
export const pca: ExportedStep = (step) => {
  const { graph, label, columns } = step;
  const { prefix, keep_original_cols } = step.options as { prefix: string; keep_original_cols: boolean };
  const learnt = step.learnt as Components | null;
  if (learnt === null) return columns;
  const { components } = learnt;
  const [width, count] = [learnt.columns.length, components.length];
  const numbers = matrix(step, learnt.columns);
  const rotation = graph.constant(graph.freshName(`${label}/rotation`), [width, count], () =>
    Float64Array.from({ length: width * count }, (_, at) => components[at % count]![Math.floor(at / count)]!),
  );
  const product = graph.add("MatMul", label, [numbers, rotation]);
  const made = componentNames(prefix, count).map((name, at): [string, GraphColumn] => {
    const index = graph.constant(`column ${at}`, [1], () => BigInt64Array.of(BigInt(at)));
    return [
      name,
      {
        kind: "numeric",
        name: graph.add("Gather", `${label} ${name}`, [product, index], { axis: { int: 1 } }),
      },
    ];
  });
  const gone = new Set(keep_original_cols ? [] : learnt.columns);
  return new Map([...[...columns].filter(([name]) => !gone.has(name)), ...made]);
};

/** Columns beside each other, as an input of their own: `[rows, 1, k]`. */
export const collapse: ExportedStep = (step) => {
  const { graph, label, columns, named } = step;
  const { new_col } = step.options as { new_col: string };
  if (named.length === 0) return columns;
  const numbers = graph.add("Cast", label, [matrix(step, named)], { to: { int: DATA_TYPE.float32 } });
  const axis = graph.constant("axis 1", [1], () => BigInt64Array.of(1n));
  const value = {
    name: graph.add("Unsqueeze", label, [numbers, axis]),
    shape: [1, named.length],
    channelsFirst: false,
  };
  const left = [...columns].filter(([name]) => !named.includes(name));
  return new Map<string, GraphColumn>([...left, [new_col, { kind: "tensor", value }]]);
};

/** float64 `[rows, k]` */
function matrix({ graph, label, columns }: StepOnTable, names: readonly string[]): string {
  const numbers = names.map((name) => {
    const column = columns.get(name);
    if (column?.kind === "numeric") return column.name;
    throw new UserError(
      "model-damaged",
      `${label}: the column ${name} is ${column?.kind ?? "not"} there, and the step takes numbers. Fit the spec again.`,
    );
  });
  return numbers.length === 1 ? numbers[0]! : graph.add("Concat", label, numbers, { axis: { int: 1 } });
}
