import type { StreamedColumn } from "./baked.ts";

/** Rows `from` up to, not with, `to` of a streamed column; nothing is read for it. */
export function streamedRows(column: StreamedColumn, from: number, to: number): StreamedColumn {
  const first = from * column.views;
  const last = to * column.views;
  const inside = (entry: number) => Math.min(first + entry, last);
  return {
    kind: "streamed",
    shape: column.shape,
    views: column.views,
    read: (start, end, signal) => column.read(inside(start), inside(end), signal),
    digests: (start, end, signal) => column.digests(inside(start), inside(end), signal),
    ...(column.plain ? { plain: streamedRows(column.plain, from, to) } : {}),
  };
}
