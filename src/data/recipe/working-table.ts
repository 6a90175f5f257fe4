import { takeFromColumn } from "../rows.ts";
import type { Image, NominalColumn, NumericColumn, TensorColumn } from "../table.ts";

/** A table on its way through a recipe. Steps give back a new one and leave theirs as it was. */
export interface WorkingTable {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, WorkingColumn>;
  /** Of every column: "predictor", "outcome", any other, or several. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  /** Which rows of the table that came in these are, where steps left some out; absent: all. */
  readonly kept?: Int32Array;
  /** How a message calls a row. */
  rowName(row: number): string;
}

export type WorkingColumn = NumericColumn | NominalColumn | TensorColumn | PendingImages;

/** Images and what will be done to each when somebody reads them. */
export interface PendingImages {
  readonly kind: "image";
  readonly images: readonly Image[];
  readonly operations: readonly ImageOperation[];
}

export interface ImageOperation {
  /**
   * Says all that it does, numbers exactly: `resize [96,96]`. Features of images are kept under it, so two operations of one key must
   * give the same pixels, and one that comes to give others needs another key.
   */
  readonly key: string;
  /** How many random variants it makes of each image; absent: it makes no random ones. */
  readonly views?: number;
  /** Pixels of 0–255 stay within 0–255. Default false. */
  readonly keepsRange?: boolean;
  shape(shape: ImageShape): ImageShape;
  /**
   * May change the array it is given and return it.
   *
   * @param into Where the result may be written instead of a new array; it never overlaps `pixels`.
   * @param variant Where it has `views`: what tells this variant of this image from all others.
   */
  apply(pixels: Float32Array, shape: ImageShape, into?: Float32Array, variant?: string): Float32Array;
  /** The same on pixels as they were decoded, where that spares a large photograph from being copied as floats. */
  applyToBytes?(bytes: Uint8Array, shape: ImageShape, into?: Float32Array): Float32Array;
}

/** Height, width, channels. */
export type ImageShape = readonly [number, number, number];

/** Puts columns in the place of one. */
export function replaceColumn(
  table: WorkingTable,
  name: string,
  replacements: readonly (readonly [string, WorkingColumn])[],
): WorkingTable {
  const columns = new Map<string, WorkingColumn>();
  const roles = new Map<string, readonly string[]>();
  for (const [other, column] of table.columns) {
    const role = table.roles.get(other)!;
    for (const [newName, newColumn] of other === name ? replacements : [[other, column] as const]) {
      columns.set(newName, newColumn);
      roles.set(newName, role);
    }
  }
  return { ...table, columns, roles };
}

/** Columns of one table beside each other: a new one comes last, one that is there already keeps its place and its roles. */
export function withColumns(
  table: WorkingTable,
  added: Iterable<readonly [string, WorkingColumn]>,
): WorkingTable {
  const columns = new Map(table.columns);
  const roles = new Map(table.roles);
  for (const [name, column] of added) {
    columns.set(name, column);
    if (!roles.has(name)) roles.set(name, ["predictor"]);
  }
  return { ...table, columns, roles };
}

/** The columns of these names, in this order; names that are not there are passed over. */
export function onlyColumns(table: WorkingTable, names: Iterable<string>): WorkingTable {
  const there = [...names].filter((name) => table.columns.has(name));
  return {
    ...table,
    columns: new Map(there.map((name) => [name, table.columns.get(name)!])),
    roles: new Map(there.map((name) => [name, table.roles.get(name)!])),
  };
}

export function withoutColumns(table: WorkingTable, names: readonly string[]): WorkingTable {
  const gone = new Set(names);
  return onlyColumns(
    table,
    [...table.columns.keys()].filter((name) => !gone.has(name)),
  );
}

/** The rows of these indices, in this order. */
export function onlyRows(table: WorkingTable, indices: Int32Array): WorkingTable {
  const columns = new Map(
    [...table.columns].map(([name, column]): [string, WorkingColumn] => [
      name,
      column.kind === "image"
        ? { ...column, images: Array.from(indices, (index) => column.images[index]!) }
        : takeFromColumn(column, indices),
    ]),
  );
  const { kept } = table;
  return {
    ...table,
    rows: indices.length,
    columns,
    kept: kept ? indices.map((index) => kept[index]!) : indices,
    rowName: (row) => table.rowName(indices[row]!),
  };
}

export function hasRole({ roles }: WorkingTable, name: string, role: string): boolean {
  return roles.get(name)!.includes(role);
}

export function shapeOf(image: Image): ImageShape {
  return [image.height, image.width, image.channels];
}

export function shapeAfter(image: Image, operations: readonly ImageOperation[]): ImageShape {
  return operations.reduce<ImageShape>((shape, operation) => operation.shape(shape), shapeOf(image));
}
