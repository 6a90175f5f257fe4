import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { usePanel } from "./panel-context.ts";

/** A column of a table: how its head is called, how a row is written in it, and what it is sorted by. */
export interface Column<Row> {
  readonly name: string;
  /** Under the name, smaller: `n = 1,000`. */
  readonly note?: string;
  /** Numbers stand right-aligned. Default false. */
  readonly numeric?: boolean;
  /** As text, for the screen and for copying. */
  readonly text: (row: Row) => string;
  /** As it is shown, where that is more than text. */
  readonly show?: (row: Row) => ComponentChildren;
  /** What to sort by, and to copy where it is a number; the text where it is left out. null sorts last. */
  readonly order?: (row: Row) => number | string | null;
}

export interface DataTableProps<Row> {
  /** What the table is, for those who do not see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Whether the heads are buttons that sort. Default false. */
  readonly sortable?: boolean;
}

/** Rows and columns with right-aligned numbers, heads that sort, and a button that copies all of it as tab-separated text. */
export function DataTable<Row>({ caption, columns, rows, rowKey, sortable = false }: DataTableProps<Row>) {
  const { send } = usePanel();
  const [sort, setSort] = useState<Sort | null>(null);
  const sorted = sort === null ? rows : sortRows(rows, columns[sort.column], sort.down);
  return (
    <div class="data-table">
      <div class="scroll-x">
        <table>
          <caption class="hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column, i) => (
                <th
                  key={column.name}
                  scope="col"
                  class={column.numeric ? "numeric" : ""}
                  aria-sort={sort?.column === i ? (sort.down ? "descending" : "ascending") : undefined}
                >
                  {sortable ? (
                    <button
                      type="button"
                      class="sort"
                      onClick={() => setSort(nextSort(sort, i, column.numeric === true))}
                    >
                      {column.name}
                      <span aria-hidden="true">{sort?.column === i ? (sort.down ? " ↓" : " ↑") : ""}</span>
                    </button>
                  ) : (
                    column.name
                  )}
                  {column.note !== undefined && <span class="th-note quiet">{column.note}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={rowKey(row)}>
                {columns.map((column, i) =>
                  i === 0 ? (
                    <th key={column.name} scope="row">
                      {(column.show ?? column.text)(row)}
                    </th>
                  ) : (
                    <td key={column.name} class={column.numeric ? "numeric" : ""}>
                      {(column.show ?? column.text)(row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button
        type="button"
        class="copy quiet"
        aria-label={`Copy ${caption} as tab-separated text`}
        onClick={() => send({ type: "copy", text: tabSeparated(columns, sorted) })}
      >
        Copy
      </button>
    </div>
  );
}

interface Sort {
  readonly column: number;
  readonly down: boolean;
}

/** Numbers are first sorted from the largest, words from A; a second click turns round, a third gives the table's own order. */
function nextSort(sort: Sort | null, column: number, numeric: boolean): Sort | null {
  if (sort?.column !== column) return { column, down: numeric };
  return sort.down === numeric ? { column, down: !numeric } : null;
}

export function sortRows<Row>(rows: readonly Row[], column: Column<Row> | undefined, down: boolean): Row[] {
  if (column === undefined) return [...rows];
  const order = column.order ?? column.text;
  return [...rows].sort((a, b) => {
    const left = order(a);
    const right = order(b);
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    const sign =
      typeof left === "number" && typeof right === "number"
        ? left - right
        : String(left).localeCompare(String(right), "en", { numeric: true });
    return down ? -sign : sign;
  });
}

/** Numbers are copied in full, as a program reads them, whatever is shown of them. */
function fullText<Row>(column: Column<Row>, row: Row): string {
  const order = column.order?.(row);
  return typeof order === "number" ? String(order) : column.text(row);
}

export function tabSeparated<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => cells.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t");
  return [
    line(columns.map((column) => column.name)),
    ...rows.map((row) => line(columns.map((column) => fullText(column, row)))),
  ].join("\n");
}
