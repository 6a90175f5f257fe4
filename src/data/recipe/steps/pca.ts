import { UserError } from "../../../protocol/index.ts";
import { mlMatrix } from "../on-demand.ts";
import { withColumns, withoutColumns, type WorkingColumn, type WorkingTable } from "../working-table.ts";
import { numbersOf } from "./numeric-columns.ts";
import { aText, readOptions, trueOrFalse, type Step } from "./step.ts";

interface Pca {
  readonly num_comp: number;
  /** null: `num_comp` counts. */
  readonly threshold: number | null;
  readonly prefix: string;
  readonly keep_original_cols: boolean;
}

/** null: nothing is done. */
type Learnt = {
  readonly columns: readonly string[];
  /** One row of weights for each component that is kept, in the order of `columns`. */
  readonly components: readonly (readonly number[])[];
  /** Of all components, standard deviations as `prcomp` tells them. */
  readonly sdev: readonly number[];
} | null;

/**
 * `step_pca(…, { num_comp = 5, threshold, prefix = "PC", keep_original_cols = false })`: numbers become their principal components,
 * `PC1`, `PC2`, …, which come last. As recipes has it, they are neither centred nor scaled before: put step_normalize first. `threshold`
 * keeps as many components as make that share of the variance, whatever `num_comp` is. The direction of a component, which is free, is
 * the one whose largest weight is positive.
 */
export const pca: Step<Pca, Learnt> = {
  name: "pca",
  options: (given) =>
    readOptions<Pca>("pca", given, {
      num_comp: {
        otherwise: 5,
        must: "a whole number from 0",
        accepts: (value) => Number.isInteger(value) && (value as number) >= 0,
      },
      threshold: {
        otherwise: null,
        must: "a share above 0, up to 1",
        accepts: (value) => value === null || (typeof value === "number" && value > 0 && value <= 1),
      },
      prefix: { ...aText, otherwise: "PC" },
      keep_original_cols: { ...trueOrFalse, otherwise: false },
    }),
  prep(table, columns, { num_comp, threshold }) {
    if (num_comp === 0 || columns.length === 0) return null;
    const numbers = complete(table, columns);
    const { sdev, rotation } = principalComponents(numbers);
    return {
      columns,
      components: rotation.slice(0, threshold === null ? num_comp : enough(sdev, threshold)),
      sdev,
    };
  },
  bake(table, _columns, { prefix, keep_original_cols }, learnt) {
    if (learnt === null) return table;
    const { columns, components } = learnt;
    const numbers = complete(table, columns);
    const names = componentNames(prefix, components.length);
    const taken = names.find((name) => table.columns.has(name));
    if (taken !== undefined)
      throw new UserError(
        "step-option",
        `step_pca would make a column \`${taken}\`, and there is one already. Choose another prefix: { prefix: "component" }.`,
      );
    const made = components.map((weights, at): [string, WorkingColumn] => {
      const values = new Float64Array(table.rows);
      for (const [column, weight] of weights.entries())
        for (let row = 0; row < table.rows; row++) values[row]! += weight * numbers[column]![row]!;
      return [names[at]!, { kind: "numeric", values }];
    });
    return withColumns(keep_original_cols ? table : withoutColumns(table, columns), made);
  },
};

/** PC1 … PC9, or PC01 … PC10. */
export function componentNames(prefix: string, count: number): string[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, at) => `${prefix}${String(at + 1).padStart(digits, "0")}`);
}

function complete(table: WorkingTable, columns: readonly string[]): Float64Array[] {
  return columns.map((name) => {
    if (!table.columns.has(name))
      throw new UserError(
        "missing-column",
        `step_pca needs the column \`${name}\`, which the data do not have.`,
      );
    const values = numbersOf("pca", table, name);
    const row = values.findIndex((value) => !Number.isFinite(value));
    if (row === -1) return values;
    throw new UserError(
      "missing-value",
      `step_pca: \`${name}\` in ${table.rowName(row)} is missing. Fill it in or remove the row, or put step_impute_mean or step_naomit before step_pca.`,
    );
  });
}

/** R's `prcomp(x, center = FALSE, scale. = FALSE)`. */
function principalComponents(columns: readonly Float64Array[]) {
  const { Matrix, SVD } = mlMatrix();
  const rows = columns[0]!.length;
  const svd = new SVD(new Matrix(columns.map((values) => Array.from(values))).transpose(), {
    computeLeftSingularVectors: false,
    autoTranspose: true,
  });
  const { diagonal, rightSingularVectors } = svd;
  const count = Math.min(rows, columns.length);
  return {
    sdev: diagonal.slice(0, count).map((value) => value / Math.sqrt(Math.max(1, rows - 1))),
    rotation: Array.from({ length: count }, (_, at) => pointed(rightSingularVectors.getColumn(at))),
  };
}

function pointed(weights: number[]): number[] {
  const largest = weights.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return largest < 0 ? weights.map((value) => -value) : weights;
}

function enough(sdev: readonly number[], threshold: number): number {
  const variances = sdev.map((value) => value * value);
  const total = variances.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  const at = variances.findIndex((value) => (sum += value) / total >= threshold);
  return at === -1 ? sdev.length : at + 1;
}
