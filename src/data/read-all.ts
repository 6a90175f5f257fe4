import { UserError } from "../protocol/index.ts";
import type { StreamedColumn } from "./baked.ts";
import { roomFor } from "./room-for.ts";
import type { TensorColumn } from "./table.ts";

export interface ReadingImages {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, unit: "images") => void;
}

/** Images that are read between two words of progress. */
const CHUNK = 64;

/**
 * Brings all of a column into memory, for networks that have no frozen base and see every image in every epoch.
 *
 * @param rows How many rows the column has. Where it has several views of each, all of them are read: row r's are rows
 *   `r * views` up to `(r + 1) * views` of the result, and progress counts views.
 * @throws UserError where they do not fit into this computer's memory (before anything is read), or an image cannot be read.
 */
export async function readAll(
  column: StreamedColumn,
  rows: number,
  { signal, onProgress }: ReadingImages = {},
): Promise<TensorColumn> {
  const entries = rows * column.views;
  const size = column.shape.reduce((product, length) => product * length, 1);
  const values = allocate(entries, size, column.shape);
  for (let from = 0; from < entries; from += CHUNK) {
    const to = Math.min(from + CHUNK, entries);
    values.set(await column.read(from, to, signal), from * size);
    onProgress?.(to, entries, "images");
  }
  return { kind: "tensor", shape: column.shape, values };
}

/** All images of a set are held at once. */
function allocate(entries: number, size: number, shape: readonly number[]): Float32Array {
  return roomFor(
    entries * size,
    (needed, memory) =>
      new UserError(
        "too-large",
        `${entries} images of ${shape.join(" × ")} take ${needed} in memory, and this computer has ${memory}. Use fewer images, or a smaller step_resize.`,
      ),
  );
}
