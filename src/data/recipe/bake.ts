import { UserError } from "../../protocol/index.ts";
import type { Baked, PreppedRecipe } from "../baked.ts";
import { isNumber } from "../formats/infer-column.ts";
import { listNames } from "../names.ts";
import { rowName } from "../rows.ts";
import type { Column, ImageColumn, NominalColumn, NumericColumn, Table } from "../table.ts";
import { assembleInputs, assembleOutcomes } from "./assemble.ts";
import { withChannels } from "./channels.ts";
import { workingTable } from "./starting-table.ts";
import { stepNamed } from "./steps/index.ts";
import { shapeAfter, type WorkingTable } from "./working-table.ts";

export interface BakeOptions {
  /** False for new rows whose outcome nobody knows: then `outcomes` is empty and its columns may be absent. */
  readonly outcomes: boolean;
  /** True for the training rows: then steps are done that are for these alone (`step_augment`). Default false. */
  readonly training?: boolean;
}

/**
 * Applies a prepped recipe to any rows: the training rows, the test rows, or new data. Pixels of images are not read here
 * but when somebody reads the column that comes of them.
 *
 * @throws UserError where a column is missing or of another kind, a value is missing, a class is new, or sizes differ.
 */
export function bakeTable(prepped: PreppedRecipe, table: Table, options: BakeOptions): Baked {
  const working = bakeColumns(prepped, table, options);
  checkSizes(prepped, working);
  const { rows, kept } = working;
  return {
    rows,
    ...(kept ? { kept } : {}),
    inputs: assembleInputs(working),
    outcomes: assembleOutcomes(working),
  };
}

/** The columns as the last step leaves them, before they become a network's inputs: what recipes' `bake` gives. */
export function bakeColumns(prepped: PreppedRecipe, table: Table, options: BakeOptions): WorkingTable {
  if (table.rows === 0) throw new UserError("no-rows", "There are no rows to compute with.");
  const columns = new Map<string, Column>();
  for (const predictor of prepped.predictors)
    columns.set(predictor.name, asTraining(predictor, find(table, predictor.name, "predictor"), table));
  for (const other of prepped.others ?? []) {
    const column = table.columns.get(other.name);
    // Images of no use to the network are not looked for.
    if (column && (other.kind !== "image" || column.kind === "image"))
      columns.set(other.name, asTraining(other, column, table));
  }
  for (const { name, levels, from } of options.outcomes ? prepped.outcomes : []) {
    const column = find(table, name, "outcome");
    const known = from ? from.levels : levels;
    columns.set(name, known ? withLevels(name, column, known, table) : asNumbers(name, column, table));
  }
  let working = workingTable(
    { ...table, columns },
    {
      predictors: prepped.predictors.map(({ name }) => name),
      outcomes: prepped.outcomes.map(({ name }) => name),
      others: (prepped.others ?? []).map(({ name }) => name),
      ...(prepped.roles ? { changed: prepped.roles } : {}),
    },
  );
  for (const { step: name, columns: all, options: stepOptions, learnt, skip } of prepped.steps) {
    const step = stepNamed(name);
    if ((skip ?? step.skip ?? false) && options.training !== true) continue;
    // A step may name outcomes and columns of other roles, and new data have none.
    const there = all.filter((column) => working.columns.has(column));
    working = step.bake(working, there, stepOptions, learnt);
    if (working.rows === 0)
      throw new UserError(
        "no-rows",
        `step_${name} leaves no rows: something is missing in every one of them.`,
      );
  }
  return working;
}

/** New images without step_resize must have the size that the network was built for. */
function checkSizes(prepped: PreppedRecipe, working: WorkingTable): void {
  for (const { name, shape } of prepped.predictors) {
    const column = working.columns.get(name);
    if (!shape || column?.kind !== "image") continue;
    const other = column.images.find((image) => {
      const [height, width] = shapeAfter(image, column.operations);
      return height !== shape[0] || width !== shape[1];
    });
    if (other)
      throw new UserError(
        "image-size",
        `${other.id} is ${other.height} × ${other.width}, and the model takes images of ${shape[0]} × ${shape[1]}. Give it such images, or fit it with .step_resize("${name}", { height: ${shape[0]}, width: ${shape[1]} }) in the recipe.`,
      );
  }
}

function find(table: Table, name: string, role: "predictor" | "outcome"): Column {
  const column = table.columns.get(name);
  if (column) return column;
  throw new UserError(
    "missing-column",
    `The data have no column \`${name}\`, which the model ${role === "predictor" ? "needs as a predictor" : "predicts"}. Their columns are ${listNames([...table.columns.keys()])}.`,
  );
}

function asTraining(
  { name, kind, shape }: Pick<PreppedRecipe["predictors"][number], "name" | "kind" | "shape">,
  column: Column,
  table: Table,
): Column {
  switch (kind) {
    case "numeric":
      return asNumbers(name, column, table);
    case "nominal":
      return asClasses(name, column);
    case "image":
      return asImages(name, column, shape);
  }
}

function asNumbers(name: string, column: Column, table: Table): NumericColumn {
  if (column.kind === "numeric") return column;
  if (column.kind !== "nominal")
    throw new UserError("column-kind", `\`${name}\` must hold numbers, as in the training rows.`);
  const { levels, codes } = column;
  const row = codes.findIndex((code) => code !== -1 && !isNumber(levels[code]!));
  // Numbers that were read as classes, as with the option nominal.
  if (row === -1)
    return {
      kind: "numeric",
      values: Float64Array.from(codes, (code) => (code === -1 ? NaN : Number(levels[code]))),
    };
  throw new UserError(
    "column-kind",
    `\`${name}\` must hold numbers, and it is "${levels[codes[row]!]}" in ${rowName(table, row)}. Correct it, or leave the cell empty where the value is missing.`,
  );
}

/** Numbers that are classes elsewhere ("1", "2") are classes here. */
function asClasses(name: string, column: Column): NominalColumn {
  if (column.kind === "nominal") return column;
  if (column.kind !== "numeric")
    throw new UserError("column-kind", `\`${name}\` must hold classes, as in the training rows.`);
  const levels = [...new Set(column.values)].filter((value) => !Number.isNaN(value)).map(String);
  return {
    kind: "nominal",
    levels,
    codes: Int32Array.from(column.values, (value) =>
      Number.isNaN(value) ? -1 : levels.indexOf(String(value)),
    ),
  };
}

function asImages(name: string, column: Column, shape: readonly number[] | undefined): ImageColumn {
  if (column.kind !== "image")
    throw new UserError("column-kind", `\`${name}\` must hold images, as in the training rows.`);
  const channels = shape?.[2];
  if (channels === undefined) return column;
  return { kind: "image", images: column.images.map((image) => withChannels(image, channels)) };
}

function withLevels(name: string, column: Column, levels: readonly string[], table: Table): NominalColumn {
  const own = asClasses(name, column);
  const translate = own.levels.map((level) => levels.indexOf(level));
  return {
    kind: "nominal",
    levels,
    codes: own.codes.map((code, row) => {
      if (code === -1) return -1;
      if (translate[code] === -1)
        throw new UserError(
          "unseen-level",
          `The outcome \`${name}\` is "${own.levels[code]}" in ${rowName(table, row)}, and the model knows only ${listNames(levels)}.`,
        );
      return translate[code]!;
    }),
  };
}
