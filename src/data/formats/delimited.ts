import { readFile } from "node:fs/promises";
import { CsvError, parse } from "csv-parse/sync";
import { UserError } from "../../protocol/index.ts";
import { listNames } from "../names.ts";

/** A text file of delimited values, as text. */
export interface Delimited {
  readonly header: readonly string[];
  /** As many cells as the header has names. */
  readonly records: readonly (readonly string[])[];
  /** The line each record begins at, from 1. */
  readonly lines: Int32Array;
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

/**
 * Reads a CSV file: quotes, line breaks in quotes, CRLF, a byte order mark; UTF-8, UTF-16 with a mark, else Windows-1252.
 * Blank lines are passed
 * over; a line break inside a cell becomes a line feed.
 *
 * @param asked The delimiter; "guess" takes the one of `,` `;` tab `|` that splits the header into most names.
 * @throws UserError naming file and line: not there, empty, no rows, ragged, a name twice, a quote that never ends.
 */
export async function readDelimited(file: string, asked: string): Promise<Delimited> {
  const bytes = await readBytes(file);
  const { text, notes } = decode(bytes, file);
  if (text.trim() === "")
    throw new UserError("csv-empty", `${file} is empty. A CSV file begins with a line of column names.`);
  const delimiter = asked === "guess" ? guessDelimiter(text) : asked;
  const parsed = parseText(text, file, delimiter);
  const [first, ...rest] = parsed;
  if (first === undefined) throw new UserError("csv-empty", `${file} has no line of column names.`);
  const header = checkHeader(first.cells, file, delimiter, notes);
  if (rest.length === 0)
    throw new UserError("csv-no-rows", `${file} has column names in its first line and no rows below.`);
  for (const { cells, line } of rest)
    if (cells.length !== header.length)
      throw new UserError(
        "csv-ragged",
        `${file}, line ${line}: ${cells.length} ${cells.length === 1 ? "cell" : "cells"} where the header has ${header.length}. ${cells.length > header.length ? `A cell that contains "${delimiter}" must stand in double quotes.` : "Add the missing cells; an empty one is a missing value."}`,
      );
  return {
    header,
    records: rest.map(({ cells }) => cells),
    lines: Int32Array.from(rest, ({ line }) => line),
    bytes,
    notes,
  };
}

const DELIMITERS = [",", ";", "\t", "|"];

function guessDelimiter(text: string): string {
  const header = text.split(/\r?\n/, 1)[0]!.replaceAll(/"[^"]*"/g, "");
  const parts = DELIMITERS.map((mark) => header.split(mark).length);
  return DELIMITERS[parts.indexOf(Math.max(...parts))]!;
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "is not there. Relative paths start at the spec's folder"
        : code === "EISDIR"
          ? "is a folder, and datasets.csv reads a file"
          : `cannot be read (${code ?? String(error)})`;
    throw new UserError("csv-file", `${file} ${why}.`, { cause: error });
  }
}

function decode(bytes: Buffer, file: string): { text: string; notes: string[] } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder("utf-16le").decode(bytes), notes: [] };
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder("utf-16be").decode(bytes), notes: [] };
  if (bytes.subarray(0, 4096).includes(0))
    throw new UserError("csv-binary", `${file} is no text file. Save the table as CSV first.`);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), notes: [] };
  } catch {
    return {
      text: new TextDecoder("windows-1252").decode(bytes),
      notes: [`${file} is not UTF-8; it was read as Windows-1252.`],
    };
  }
}

interface Line {
  readonly cells: string[];
  readonly line: number;
}

function parseText(text: string, file: string, delimiter: string): Line[] {
  if (delimiter === "")
    throw new UserError("csv-delimiter", `${file}: the delimiter is empty. Give one such as ",".`);
  try {
    // csv-parse counts a CRLF inside quotes as two lines.
    const records = parse(text.replaceAll("\r\n", "\n"), {
      delimiter,
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    // csv-parse tells the line a record ends at; one with line breaks in its cells began that much earlier.
    return records.map(({ record, info }) => ({
      cells: record,
      line: info.lines - record.reduce((breaks, cell) => breaks + lineBreaks(cell), 0),
    }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as unknown as { lines?: number }).lines;
    throw new UserError(
      "csv-quotes",
      `${file}${line === undefined ? "" : `, line ${line}`}: ${quoteProblem(error.code)}`,
      {
        cause: error,
      },
    );
  }
}

function lineBreaks(cell: string): number {
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function quoteProblem(code: string): string {
  switch (code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return "a double quote opens a cell and none closes it before the end of the file. Close it, or double a quote that belongs to the text.";
    case "INVALID_OPENING_QUOTE":
    case "CSV_INVALID_CLOSING_QUOTE":
      return "a double quote stands in the middle of a cell. Put the whole cell in quotes and double the quotes inside.";
    default:
      return `the file cannot be read as CSV (${code}).`;
  }
}

function checkHeader(names: readonly string[], file: string, delimiter: string, notes: string[]): string[] {
  const [only] = names;
  const other = DELIMITERS.find((mark) => mark !== delimiter && only?.includes(mark));
  if (names.length === 1 && other !== undefined)
    throw new UserError(
      "csv-delimiter",
      `${file} has one column, \`${only}\`. Its delimiter seems to be ${JSON.stringify(other)}: say { delimiter: ${JSON.stringify(other)} }.`,
    );
  const header = names.map((name, index) => {
    if (name !== "") return name;
    notes.push(`Column ${index + 1} of ${file} has no name; it is called \`...${index + 1}\`.`);
    return `...${index + 1}`;
  });
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UserError(
      "csv-header",
      `${file}, line 1: two columns are named \`${twice}\`. Rename one. The columns are ${listNames(header)}.`,
    );
  return header;
}
