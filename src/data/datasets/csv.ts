import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import type { CsvOptions } from "../../kspec/description.ts";
import type { DataContext } from "../context.ts";
import { fingerprint } from "../fingerprint.ts";
import { readDelimited, type Delimited } from "../formats/delimited.ts";
import { inferColumn, missingCells, nominalColumn } from "../formats/infer-column.ts";
import { didYouMean, listNames } from "../names.ts";
import { takeRows } from "../rows.ts";
import { splitRows } from "../split.ts";
import type { Column, Dataset, Table } from "../table.ts";

/**
 * `datasets.csv(file)`: one row a line below a line of names. A column whose cells are all numbers is numeric, every other one
 * holds classes. Rows keep the file's order, unless `test`, `validation`, `train` or `seed` is given: then they are
 * shuffled by the seed (default 1) and dealt out.
 */
export async function readCsv(file: string, options: CsvOptions, context: DataContext): Promise<Dataset> {
  const whole = path.resolve(context.specFolder, file);
  const delimited = await readDelimited(whole, options.delimiter ?? ",");
  const notes = [...delimited.notes];
  const table = tableOf(delimited, options, file, notes);
  const { test, validation, train, seed } = options;
  const split = [test, validation, train, seed].some((option) => option !== undefined);
  const rows = split ? splitRows(table.rows, options, file) : undefined;
  return {
    name: path.basename(file),
    train: rows ? takeRows(table, rows.train) : table,
    ...(rows?.validation ? { validation: takeRows(table, rows.validation) } : {}),
    ...(rows?.test ? { test: takeRows(table, rows.test) } : {}),
    fingerprint: fingerprint("csv", delimited.bytes, options),
    notes,
  };
}

function tableOf(delimited: Delimited, options: CsvOptions, file: string, notes: string[]): Table {
  const { header, records, lines } = delimited;
  const stranger = options.nominal?.find((name) => !header.includes(name));
  if (stranger !== undefined)
    throw new UserError(
      "unknown-column",
      `datasets.csv: the option nominal names \`${stranger}\`, and ${file} has no such column.${didYouMean(stranger, header)} Its columns are ${listNames(header)}.`,
    );
  const missing = missingCells(options.na);
  const columns = new Map<string, Column>();
  for (const [index, name] of header.entries()) {
    const cells = records.map((record) => record[index]!);
    const column = options.nominal?.includes(name)
      ? nominalColumn(cells, missing)
      : inferColumn(cells, missing);
    if (
      column.kind === "nominal" &&
      column.levels.length > 0 &&
      column.levels.every((level) => /^-?\d+,\d+$/.test(level))
    )
      notes.push(
        `\`${name}\` of ${file} was read as classes; its cells look like numbers with decimal commas. Write them with points to use them as numbers.`,
      );
    columns.set(name, column);
  }
  return { rows: records.length, columns, lines };
}
