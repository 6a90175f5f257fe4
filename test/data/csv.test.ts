import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadDataset, type Dataset, type Table } from "../../src/data/index.ts";
import type { CsvOptions } from "../../src/kspec/description.ts";
import { failure, folder } from "./table-tools.ts";

const load = (content: string | Uint8Array, options: CsvOptions = {}): Promise<Dataset> =>
  loadDataset(
    { kind: "dataset", name: "csv", path: "things.csv", options },
    { specFolder: folder({ "things.csv": content }) },
  );

const message = async (content: string | Uint8Array, options: CsvOptions = {}) => {
  const error = await failure(() => load(content, options));
  expect(error.name).toBe("UserError");
  return error.message.replaceAll(/\S*things\.csv/g, "things.csv");
};

/** A column's values as one would write them. */
function cells(table: Table, name: string): (number | string | null)[] {
  const column = table.columns.get(name)!;
  if (column.kind === "numeric")
    return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  if (column.kind === "nominal") return Array.from(column.codes, (code) => column.levels[code] ?? null);
  throw new Error(column.kind);
}

describe("datasets.csv reads", () => {
  test("numbers, classes and missing cells", async () => {
    const { train, name, test } = await load(
      "species,mass,sex\nAdelie,3750,male\nGentoo,NA,\nAdelie,-1.5e3,female\n",
    );
    expect([name, train.rows, test]).toEqual(["things.csv", 3, undefined]);
    expect(cells(train, "species")).toEqual(["Adelie", "Gentoo", "Adelie"]);
    expect(cells(train, "mass")).toEqual([3750, null, -1500]);
    expect(cells(train, "sex")).toEqual(["male", null, "female"]);
  });

  test("levels in the same order on every computer; numbers named nominal by value", async () => {
    const { train } = await load("y,k\nb,10\nB,9\na,10\nä,1\n", { nominal: ["k"] });
    expect(train.columns.get("y")).toMatchObject({ levels: ["B", "a", "b", "ä"] });
    expect(train.columns.get("k")).toMatchObject({ kind: "nominal", levels: ["1", "9", "10"] });
  });

  test("quotes, line breaks and delimiters inside them, CRLF, a byte order mark, blank lines, spaces", async () => {
    const { train } = await load('\uFEFFname, text\r\n"a, b" ,"line one\r\nline ""two"""\r\n\r\nc, d\r\n');
    expect([...train.columns.keys()]).toEqual(["name", "text"]);
    expect(cells(train, "name")).toEqual(["a, b", "c"]);
    expect(cells(train, "text")).toEqual(['line one\nline "two"', "d"]);
    expect(Array.from(train.lines!)).toEqual([2, 5]);
  });

  test("other delimiters and other words for missing", async () => {
    const { train } = await load("a;b\n1;-\n2;3\n", { delimiter: ";", na: ["-"] });
    expect(cells(train, "b")).toEqual([null, 3]);
  });

  test("UTF-16 and Windows-1252", async () => {
    expect(cells((await load(Buffer.from("\uFEFFname\nÅsa\nBo\n", "utf16le"))).train, "name")).toEqual([
      "Åsa",
      "Bo",
    ]);
    const latin = await load(Buffer.from("name\nÅsa\nBo\n", "latin1"));
    expect(cells(latin.train, "name")).toEqual(["Åsa", "Bo"]);
    expect(latin.notes[0]).toMatch(/is not UTF-8; it was read as Windows-1252\.$/);
  });

  test("a column without a name, as R's write.csv makes, and says so", async () => {
    const { train, notes } = await load('"","y"\n"1",2\n"2",3\n');
    expect([...train.columns.keys()]).toEqual(["...1", "y"]);
    expect(notes[0]).toMatch(/^Column 1 of .*things\.csv has no name; it is called `\.\.\.1`\.$/);
  });

  test("numbers with decimal commas as classes, and says so", async () => {
    const { notes } = await load("a;b\n1,5;x\n2,5;y\n", { delimiter: ";" });
    expect(notes).toEqual([
      "`a` of things.csv was read as classes; its cells look like numbers with decimal commas. Write them with points to use them as numbers.",
    ]);
  });

  test("rows in the file's order when nothing is asked", async () => {
    expect(cells((await load("a\n5\n1\n3\n")).train, "a")).toEqual([5, 1, 3]);
  });
});

describe("datasets.csv deals rows out", () => {
  const hundred = "a\n" + Array.from({ length: 100 }, (_, at) => at).join("\n");

  test("by share or count, every row once, the same for the same seed", async () => {
    const options = { test: 0.25, validation: 10, seed: 3 };
    const { train, validation, test } = await load(hundred, options);
    expect([train.rows, validation?.rows, test?.rows]).toEqual([65, 10, 25]);
    const all = [train, validation!, test!].flatMap((table) => cells(table, "a"));
    expect(all.map(Number).sort((x, y) => x - y)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(all).not.toEqual(Array.from({ length: 100 }, (_, at) => at));
    const again = await load(hundred, options);
    expect(cells(again.train, "a")).toEqual(cells(train, "a"));
    expect(again.fingerprint).toBe((await load(hundred, options)).fingerprint);
    const other = await load(hundred, { ...options, seed: 4 });
    expect(cells(other.train, "a")).not.toEqual(cells(train, "a"));
    expect(other.fingerprint).not.toBe(again.fingerprint);
  });

  test("keeps each row's line in the file", async () => {
    const { train } = await load(hundred, { seed: 1 });
    expect(Array.from(train.lines!, (line) => line - 2)).toEqual(cells(train, "a"));
  });

  test("fewer training rows leave the test rows as they are", async () => {
    const all = await load(hundred, { test: 20 });
    const few = await load(hundred, { test: 20, train: 10 });
    expect(cells(few.test!, "a")).toEqual(cells(all.test!, "a"));
    expect(cells(few.train, "a")).toEqual(cells(all.train, "a").slice(0, 10));
  });

  test.each([
    [{ test: 100 }, "things.csv has 100 rows: 100 for test leave none to train on. Ask for fewer."],
    [{ test: 0.5, validation: 0.5 }, "50 for test and 50 for validation leave none to train on"],
    [
      { test: 20, train: 81 },
      "things.csv has 80 rows to train on beside 20 for test, and train asks for 81. Ask for 80 or fewer.",
    ],
    [{ test: 1.5 }, "test is 1.5. Give a share between 0 and 1, or a whole number of rows."],
    [{ test: -1 }, "test is -1."],
    [{ seed: 0.5 }, "seed is 0.5. Give a whole number."],
  ])("%j is refused", async (options, text) => {
    expect(await message(hundred, options)).toContain(text);
  });
});

describe("datasets.csv refuses, with the line", () => {
  test.each([
    ["an empty file", "", "things.csv is empty. A CSV file begins with a line of column names."],
    ["no rows", "a,b\n", "things.csv has column names in its first line and no rows below."],
    [
      "a short row",
      "a,b\n1,2\n3\n",
      "things.csv, line 3: 1 cell where the header has 2. Add the missing cells; an empty one is a missing value.",
    ],
    [
      "a long row, after a cell of two lines",
      'a,b\n"1\n1",2\n3,4,5\n',
      'things.csv, line 4: 3 cells where the header has 2. A cell that contains "," must stand in double quotes.',
    ],
    [
      "a name twice",
      "a,b,a\n1,2,3\n",
      "things.csv, line 1: two columns are named `a`. Rename one. The columns are `a`, `b` and `a`.",
    ],
    [
      "a quote that never ends",
      'a,b\n1,"2\n3,4\n',
      "a double quote opens a cell and none closes it before the end of the file.",
    ],
    [
      "a quote in a cell",
      'a,b\n1,2"3"\n',
      "things.csv, line 2: a double quote stands in the middle of a cell.",
    ],
    [
      "another delimiter",
      "a;b\n1;2\n",
      'things.csv has one column, `a;b`. Its delimiter seems to be ";": say { delimiter: ";" }.',
    ],
    ["no text", "PK\u0003\u0004\u0000\u0000", "things.csv is no text file. Save the table as CSV first."],
  ])("%s", async (_name, content, text) => {
    expect(await message(content)).toContain(text);
  });

  test("a nominal column that is not there", async () => {
    expect(await message("class,b\n1,2\n", { nominal: ["klass"] })).toBe(
      "datasets.csv: the option nominal names `klass`, and things.csv has no such column. Did you mean `class`? Its columns are `class` and `b`.",
    );
  });

  test("a missing file, and a folder", async () => {
    const specFolder = folder({ "inside/x": "" });
    const from = (file: string) =>
      failure(() => loadDataset({ kind: "dataset", name: "csv", path: file, options: {} }, { specFolder }));
    expect((await from("none.csv")).message).toBe(
      `${path.join(specFolder, "none.csv")} is not there. Relative paths start at the spec's folder.`,
    );
    expect((await from("inside")).message).toContain("is a folder, and datasets.csv reads a file");
  });
});
