import type { Image, NominalColumn, NumericColumn, TensorColumn } from "../table.ts";

/** A table on its way through a recipe. Steps give back a new one and leave theirs as it was. */
export interface WorkingTable {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, WorkingColumn>;
  /** Every column has one. */
  readonly roles: ReadonlyMap<string, Role>;
  /** How a message calls a row. */
  rowName(row: number): string;
}

export type Role = "predictor" | "outcome";

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
  const roles = new Map<string, Role>();
  for (const [other, column] of table.columns) {
    const role = table.roles.get(other)!;
    for (const [newName, newColumn] of other === name ? replacements : [[other, column] as const]) {
      columns.set(newName, newColumn);
      roles.set(newName, role);
    }
  }
  return { ...table, columns, roles };
}

export function shapeOf(image: Image): ImageShape {
  return [image.height, image.width, image.channels];
}

export function shapeAfter(image: Image, operations: readonly ImageOperation[]): ImageShape {
  return operations.reduce<ImageShape>((shape, operation) => operation.shape(shape), shapeOf(image));
}
