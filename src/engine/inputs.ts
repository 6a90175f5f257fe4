import type { Baked, InputColumn } from "../data/baked.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { streamedRows } from "../data/streamed-rows.ts";
import { UserError } from "../protocol/index.ts";
import { sizeOf, type Rows } from "./rows.ts";

/** An input of a network: which column it reads, and the shape of one row; null is any length. */
export interface InputPlan {
  readonly column: string;
  readonly shape: readonly (number | null)[];
}

/**
 * The columns that a network's inputs read, in its order. Nothing is decoded for it.
 *
 * @throws UserError for a column that is not there, another shape, or missing values.
 */
export function inputColumns(plans: readonly InputPlan[], { inputs, rows }: Baked): InputColumn[] {
  return plans.map(({ column, shape }) => {
    // A single input needs no name: new data may call it otherwise.
    const found =
      inputs.get(column) ?? (plans.length === 1 && inputs.size === 1 ? [...inputs.values()][0] : undefined);
    if (found === undefined)
      throw new UserError(
        "missing-input",
        `The data have no input ${column}. They have: ${[...inputs.keys()].join(", ") || "none"}.`,
      );
    if (
      found.shape.length !== shape.length ||
      shape.some((extent, i) => extent !== null && extent !== found.shape[i])
    )
      throw new UserError(
        "input-shape",
        `The input ${column} has rows of shape [${found.shape.join(", ")}], and the model takes [${shape.map((extent) => extent ?? "any").join(", ")}]: resize the data (step_resize), or use input_shape in the input block.`,
      );
    if (found.kind === "tensor") refuseMissing(column, found.values, rows);
    return found;
  });
}

function refuseMissing(column: string, values: Float32Array, rows: number): void {
  if (complete.has(values)) return;
  for (let i = 0; i < values.length; i++)
    if (Number.isNaN(values[i])) {
      const size = rows === 0 ? 1 : values.length / rows;
      throw new UserError(
        "missing-values",
        `The input ${column} has missing values (first in row ${Math.floor(i / size) + 1}): remove those rows, or fill them in.`,
      );
    }
  complete.add(values);
}

/** Columns that have been looked through: trials ask for the same ones again and again. */
const complete = new WeakSet<Float32Array>();

/** How many variants there are of each row: those of the columns that have several. */
export function viewsOf(columns: readonly InputColumn[]): number {
  return Math.max(1, ...columns.map((column) => (column.kind === "streamed" ? column.views : 1)));
}

/** The rows themselves, without random variants: what is predicted and validated on. */
export function plainColumns(columns: readonly InputColumn[]): InputColumn[] {
  return columns.map((column) => (column.kind === "streamed" ? (column.plain ?? column) : column));
}

/** Rows `from` up to, not with, `to`, with all their variants. */
export function someRows(column: InputColumn, from: number, to: number): InputColumn {
  if (column.kind === "tensor") {
    const size = sizeOf(column.shape);
    return { ...column, values: column.values.subarray(from * size, to * size) };
  }
  return streamedRows(column, from, to);
}

/**
 * Entries `from` up to, not with, `to` of a column beside others that have `views` variants of each row. A column that has but the
 * row itself gives it as often.
 */
export async function readEntries(
  column: InputColumn,
  views: number,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<Rows> {
  const own = column.kind === "streamed" ? column.views : 1;
  const { shape } = column;
  const size = sizeOf(shape);
  const [first, last] = own === views ? [from, to] : [Math.floor(from / views), Math.ceil(to / views)];
  const read =
    column.kind === "streamed"
      ? await column.read(first, last, signal)
      : column.values.subarray(first * size, last * size);
  if (own === views) return { shape, values: read };
  const values = new Float32Array((to - from) * size);
  for (let entry = from; entry < to; entry++) {
    const row = Math.floor(entry / views) - first;
    values.set(read.subarray(row * size, (row + 1) * size), (entry - from) * size);
  }
  return { shape, values };
}

/** What each of these entries is made from: 32 hexadecimal digits that are the same wherever it is found again. */
export async function digestEntries(
  columns: readonly InputColumn[],
  views: number,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const all = await Promise.all(columns.map((column) => digestsOf(column, views, from, to, signal)));
  if (all.length === 1) return all[0]!;
  return Array.from({ length: to - from }, (_, i) => fingerprint(...all.map((digests) => digests[i]!)));
}

async function digestsOf(
  column: InputColumn,
  views: number,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const own = column.kind === "streamed" ? column.views : 1;
  const [first, last] = own === views ? [from, to] : [Math.floor(from / views), Math.ceil(to / views)];
  const digests =
    column.kind === "streamed"
      ? await column.digests(first, last, signal)
      : Array.from({ length: last - first }, (_, i) => digestOfRow(column, first + i));
  return own === views
    ? digests
    : Array.from({ length: to - from }, (_, i) => digests[Math.floor((from + i) / views) - first]!);
}

function digestOfRow({ shape, values }: Extract<InputColumn, { kind: "tensor" }>, row: number): string {
  const size = sizeOf(shape);
  const part = values.subarray(row * size, (row + 1) * size);
  return fingerprint(shape, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
}
