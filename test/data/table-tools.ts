import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import type { Baked } from "../../src/data/baked.ts";
import { pixelDigest } from "../../src/data/fingerprint.ts";
import { readAll } from "../../src/data/read-all.ts";
import type { Column, Image, Table } from "../../src/data/table.ts";
import { nominalColumn } from "../../src/data/formats/infer-column.ts";

/** Tables and folders that tests write in one line. */

/** Columns by their values: numbers (null is missing), texts (null is missing), or images. */
export function table(columns: Record<string, readonly (number | string | Image | null)[]>): Table {
  const entries = Object.entries(columns).map(([name, values]): [string, Column] => {
    if (values.some((value) => typeof value === "string"))
      return [
        name,
        nominalColumn(
          values.map((value) => (value === null ? "" : String(value))),
          new Set([""]),
        ),
      ];
    if (values.some((value) => typeof value === "object" && value !== null))
      return [name, { kind: "image", images: values as readonly Image[] }];
    return [
      name,
      {
        kind: "numeric",
        values: Float64Array.from(values as (number | null)[], (value) => value ?? Number.NaN),
      },
    ];
  });
  return { rows: Object.values(columns)[0]?.length ?? 0, columns: new Map(entries) };
}

/** An image whose pixels are given, or count up from 0. */
export function image(
  id: string,
  height: number,
  width: number,
  channels = 1,
  pixels: ArrayLike<number> = Array.from({ length: height * width * channels }, (_, at) => at % 256),
): Image {
  const bytes = () => Uint8Array.from(pixels);
  return {
    id,
    height,
    width,
    channels,
    read: () => Promise.resolve(bytes()),
    digest: () => Promise.resolve(pixelDigest(bytes(), [height, width, channels])),
  };
}

/** An input's values: those in memory, or of all images once they are read. */
export async function valuesOf({ rows, inputs }: Baked, name: string): Promise<Float32Array> {
  const column = inputs.get(name)!;
  return (column.kind === "streamed" ? await readAll(column, rows) : column).values;
}

const made: string[] = [];
afterAll(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A new folder with these files; folders between are made. It is gone when the tests of a file are. */
export function folder(files: Record<string, string | Uint8Array> = {}): string {
  const root = mkdtempSync(path.join(os.tmpdir(), "kspec-data-"));
  made.push(root);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return root;
}

/** The error that something throws, for its message and code. */
export async function failure(work: () => unknown): Promise<Error & { code?: string }> {
  try {
    await work();
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error("It did not fail.");
}
