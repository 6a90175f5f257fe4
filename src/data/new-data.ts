import { stat } from "node:fs/promises";
import path from "node:path";
import pMap from "p-map";
import { UserError } from "../protocol/index.ts";
import type { CsvOptions } from "../kspec/description.ts";
import type { PreppedRecipe } from "./baked.ts";
import type { DataContext } from "./context.ts";
import { filesBelow } from "./datasets/image-folder.ts";
import { isImageFile } from "./decode-image.ts";
import { openImage } from "./file-image.ts";
import { readDelimited } from "./formats/delimited.ts";
import { inferColumn, missingCells, nominalColumn } from "./formats/infer-column.ts";
import { listNames } from "./names.ts";
import type { Column, Image, Table } from "./table.ts";

/** Rows to predict or to evaluate. */
export interface NewData {
  /** Outcome columns are in it where the data tell them: a column of the CSV, or the folders' names. */
  readonly table: Table;
  /** One a row: the image's path, or the row's number in the CSV. */
  readonly ids: readonly string[];
  /** The input's own cells as text, to write predictions beside them. Of images: one column with their paths. */
  readonly header: readonly string[];
  readonly records: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/**
 * Reads data for a fitted model. `target` is, by what the model takes:
 * - images: image files, or folders; where the folders below are named after classes, these become the outcome;
 *   or a CSV with a column named as the predictor that holds paths (from the CSV's own folder);
 * - numbers and classes: one CSV file with a column for each predictor.
 *
 * Relative paths start at `context.specFolder`: pass the folder the person is in.
 *
 * @param csv How the CSV is written, as in `datasets.csv`; predictors keep the kinds they had in training.
 */
export async function readNewData(
  target: string | readonly string[],
  prepped: PreppedRecipe,
  context: DataContext,
  csv: Pick<CsvOptions, "delimiter" | "na"> = {},
): Promise<NewData> {
  const targets = typeof target === "string" ? [target] : target;
  if (targets.length === 0)
    throw new UserError("no-data", "No data are named. Name an image, a folder or a CSV file.");
  const images = prepped.predictors.filter(({ kind }) => kind === "image").map(({ name }) => name);
  const only = targets[0]!;
  if (images.length === 0 || (targets.length === 1 && isTable(only))) {
    if (targets.length > 1)
      throw new UserError("data-kind", `The model takes a table. Name one CSV file, not ${targets.length}.`);
    return readTable(only, prepped, context, csv);
  }
  if (images.length > 1)
    throw new UserError(
      "data-kind",
      `The model takes ${images.length} images a row (${listNames(images)}). Name a CSV file with a column of paths for each.`,
    );
  return readImages(targets, images[0]!, prepped, context);
}

function isTable(file: string): boolean {
  return [".csv", ".tsv", ".txt"].includes(path.extname(file).toLowerCase());
}

async function readTable(
  file: string,
  prepped: PreppedRecipe,
  context: DataContext,
  csv: Pick<CsvOptions, "delimiter" | "na">,
): Promise<NewData> {
  const whole = path.resolve(context.specFolder, file);
  if (isImageFile(file))
    throw new UserError(
      "data-kind",
      `${file} is an image, and the model takes a table. Name a CSV file with the columns ${listNames(prepped.predictors.map(({ name }) => name))}.`,
    );
  const { header, records, lines, notes } = await readDelimited(whole, csv.delimiter ?? "guess");
  const missing = missingCells(csv.na);
  const classes = new Set([
    ...prepped.predictors.filter(({ kind }) => kind === "nominal").map(({ name }) => name),
    ...prepped.outcomes.filter(({ levels, from }) => (from ? from.levels : levels)).map(({ name }) => name),
    ...(prepped.others ?? []).filter(({ kind }) => kind === "nominal").map(({ name }) => name),
  ]);
  const paths = new Set(prepped.predictors.filter(({ kind }) => kind === "image").map(({ name }) => name));
  const columns = new Map<string, Column>();
  for (const [index, name] of header.entries()) {
    const cells = records.map((record) => record[index]!);
    columns.set(
      name,
      paths.has(name)
        ? {
            kind: "image",
            images: await openAll(
              cells.map((cell, row) => pathInTable(cell, path.dirname(whole), `${file}, line ${lines[row]}`)),
              context,
            ),
          }
        : classes.has(name)
          ? nominalColumn(cells, missing)
          : inferColumn(cells, missing),
    );
  }
  return {
    table: { rows: records.length, columns, lines },
    ids: records.map((_, row) => String(row + 1)),
    header,
    records,
    notes,
  };
}

function pathInTable(cell: string, folder: string, place: string): { file: string; id: string } {
  if (cell === "") throw new UserError("missing-value", `${place}: the image's path is missing.`);
  return { file: path.resolve(folder, cell), id: cell };
}

/** @param files Where each image is, and how messages call it. */
async function openAll(
  files: readonly { readonly file: string; readonly id: string }[],
  { signal }: DataContext,
): Promise<Image[]> {
  return pMap(files, async ({ file, id }) => (await openImage(file, id)).image, {
    concurrency: 8,
    ...(signal ? { signal } : {}),
  });
}

async function readImages(
  targets: readonly string[],
  predictor: string,
  prepped: PreppedRecipe,
  context: DataContext,
): Promise<NewData> {
  const files: { file: string; id: string; below: readonly string[] }[] = [];
  const notes: string[] = [];
  for (const target of targets) {
    const whole = path.resolve(context.specFolder, target);
    if (!(await isFolder(whole, target))) {
      if (!isImageFile(whole))
        throw new UserError(
          "data-kind",
          `${target} is no image (png, jpeg, webp), and the model takes images.`,
        );
      files.push({ file: whole, id: target, below: [] });
      continue;
    }
    const { images, others } = await filesBelow(whole);
    if (images.length === 0)
      throw new UserError(
        "no-images",
        `${target} has no images (png, jpeg, webp) in it or in the folders below.`,
      );
    if (others.length > 0)
      notes.push(
        `${others.length} ${others.length === 1 ? "file" : "files"} in ${target} that ${others.length === 1 ? "is no image was" : "are no images were"} passed over.`,
      );
    for (const file of images)
      files.push({
        file,
        id: path.join(target, path.relative(whole, file)),
        below: foldersBetween(whole, file),
      });
  }
  const columns = new Map<string, Column>([
    [predictor, { kind: "image", images: await openAll(files, context) }],
  ]);
  const outcome = prepped.outcomes.length === 1 ? prepped.outcomes[0] : undefined;
  const labels =
    outcome?.levels &&
    labelsOf(
      files.map(({ below }) => below),
      outcome.levels,
    );
  if (outcome && labels) columns.set(outcome.name, nominalColumn(labels, new Set()));
  return {
    table: { rows: files.length, columns },
    ids: files.map(({ id }) => id),
    header: [predictor],
    records: files.map(({ id }) => [id]),
    notes,
  };
}

async function isFolder(whole: string, shown: string): Promise<boolean> {
  try {
    return (await stat(whole)).isDirectory();
  } catch (error) {
    throw new UserError("no-data", `${shown} is not there.`, { cause: error });
  }
}

function foldersBetween(root: string, file: string): string[] {
  const between = path.relative(root, path.dirname(file));
  return between === "" ? [] : between.split(path.sep);
}

/** A class for each image from the names of the folders it lies in; undefined where the folders are no classes. */
function labelsOf(folders: readonly (readonly string[])[], levels: readonly string[]): string[] | undefined {
  if (folders.some((names) => names.length === 0)) return undefined;
  const labels = folders.map((names) => names.find((name) => levels.includes(name)));
  if (labels.every((label) => label === undefined)) return undefined;
  // A folder that is no class is told when the outcome is used, not when only predictions are asked for.
  return labels.map((label, row) => label ?? folders[row]![0]!);
}
