import { UserError } from "../../protocol/index.ts";
import type { InputColumn, Outcome } from "../baked.ts";
import { listNames } from "../names.ts";
import type { TensorColumn } from "../table.ts";
import { streamImages } from "./stream-images.ts";
import {
  hasRole,
  shapeAfter,
  type ImageShape,
  type PendingImages,
  type WorkingTable,
} from "./working-table.ts";

/** The name of the one matrix that numeric predictors become. */
export const MATRIX = "x";

/**
 * Predictors after all steps as a network's inputs: numbers become one matrix; an image or tensor column becomes
 * an input of its own name. Reads no pixels.
 */
export function assembleInputs(table: WorkingTable): ReadonlyMap<string, InputColumn> {
  checkPredictors(table);
  const inputs = new Map<string, InputColumn>();
  const numeric = predictorsOf(table).filter(([, column]) => column.kind === "numeric");
  if (numeric.length > 0)
    inputs.set(
      MATRIX,
      matrixOf(
        table,
        numeric.map(([name]) => name),
      ),
    );
  for (const [name, column] of predictorsOf(table))
    if (column.kind === "image") inputs.set(name, streamImages(column));
    else if (column.kind === "tensor") inputs.set(name, finite(table, name, column));
  return inputs;
}

/**
 * Whether the predictors can be a network's inputs at all, told from kinds and sizes alone.
 *
 * @returns The shape of one row of every image or tensor predictor.
 * @throws UserError where classes are left without dummies, numbers and images are mixed, or sizes differ.
 */
export function checkPredictors(table: WorkingTable): ReadonlyMap<string, readonly number[]> {
  const predictors = predictorsOf(table);
  const named = (...kinds: readonly string[]) =>
    predictors.filter(([, column]) => kinds.includes(column.kind)).map(([name]) => name);
  const nominal = named("nominal");
  if (nominal.length > 0)
    throw new UserError(
      "nominal-predictor",
      `${listNames(nominal)} ${nominal.length === 1 ? "holds" : "hold"} classes, and a network takes numbers. Add .step_dummy(all_nominal_predictors()) to the recipe.`,
    );
  const numeric = named("numeric");
  const whole = named("image", "tensor");
  if (numeric.length > 0 && whole.length > 0)
    throw new UserError(
      "mixed-predictors",
      named("image").length > 0
        ? `The predictors mix images (${listNames(whole)}) and numbers (${listNames(numeric)}). Make one input of the numbers with .step_collapse(all_numeric_predictors(), { new_col: "numbers" }), or leave one kind out of the formula.`
        : `Beside the inputs that step_collapse made (${listNames(whole)}) there are numbers left: ${listNames(numeric)}. Collapse them too, or leave them out of the formula.`,
    );
  if (predictors.length === 0)
    throw new UserError("no-predictors", "The recipe leaves no predictors. Keep at least one column.");
  return new Map(
    predictors.flatMap(([name, column]): [string, readonly number[]][] =>
      column.kind === "image"
        ? [[name, commonShape(name, column)]]
        : column.kind === "tensor"
          ? [[name, column.shape]]
          : [],
    ),
  );
}

/** Outcomes after all steps. @throws UserError for a missing value. */
export function assembleOutcomes(table: WorkingTable): ReadonlyMap<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const [name, column] of table.columns) {
    if (!hasRole(table, name, "outcome")) continue;
    if (column.kind === "nominal") {
      refuseMissing(table, name, (row) => column.codes[row] === -1, "outcome");
      outcomes.set(name, { kind: "nominal", levels: column.levels, codes: column.codes });
    } else if (column.kind === "numeric") {
      refuseMissing(table, name, (row) => !Number.isFinite(column.values[row]!), "outcome");
      outcomes.set(name, { kind: "numeric", values: Float32Array.from(column.values) });
    } else throw new UserError("outcome-kind", `The outcome \`${name}\` is neither numbers nor classes.`);
  }
  return outcomes;
}

function predictorsOf(table: WorkingTable) {
  return [...table.columns].filter(([name]) => hasRole(table, name, "predictor"));
}

function matrixOf(table: WorkingTable, names: readonly string[]): TensorColumn {
  const values = new Float32Array(table.rows * names.length);
  for (const [at, name] of names.entries()) {
    const column = table.columns.get(name)!;
    if (column.kind !== "numeric") continue;
    refuseMissing(table, name, (row) => !Number.isFinite(column.values[row]!), "predictor");
    for (let row = 0; row < table.rows; row++) values[row * names.length + at] = column.values[row]!;
  }
  return { kind: "tensor", shape: [names.length], values };
}

function finite(table: WorkingTable, name: string, column: TensorColumn): TensorColumn {
  const size = column.shape.reduce((product, length) => product * length, 1);
  const wrong = column.values.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1) refuseMissing(table, name, (row) => row === Math.floor(wrong / size), "predictor");
  return column;
}

function refuseMissing(
  table: WorkingTable,
  name: string,
  missing: (row: number) => boolean,
  role: "predictor" | "outcome",
): void {
  let first = -1;
  let count = 0;
  for (let row = 0; row < table.rows; row++)
    if (missing(row)) {
      if (count === 0) first = row;
      count++;
    }
  if (count === 0) return;
  throw new UserError(
    "missing-value",
    `The ${role} \`${name}\` has ${count === 1 ? "a missing value" : `${count} missing values, the first`} in ${table.rowName(first)}. Fill ${count === 1 ? "it in or remove the row" : "them in or remove the rows"}${role === "predictor" ? `, or take the column out of the formula with \`- ${name}\`` : ""}.`,
  );
}

function commonShape(name: string, { images, operations }: PendingImages): ImageShape {
  const [first] = images;
  if (first === undefined) throw new UserError("no-rows", `\`${name}\` has no images.`);
  const shape = shapeAfter(first, operations);
  const other = images.find((image) => {
    const [height, width, channels] = shapeAfter(image, operations);
    return height !== shape[0] || width !== shape[1] || channels !== shape[2];
  });
  if (other)
    throw new UserError(
      "mixed-image-sizes",
      `The images differ in size: ${sizeText(first)} and ${sizeText(other)}. Add .step_resize("${name}", { height: ${shape[0]}, width: ${shape[1]} }) to the recipe.`,
    );
  return shape;
}

function sizeText(image: { id: string; height: number; width: number }): string {
  return `${image.id} is ${image.height} × ${image.width}`;
}
