import type { Column, Table } from "../../data/table.ts";
import { loadRuntime, type OnnxRuntime } from "../native/runtime.ts";

/** What the outputs of an exported file hold, by name. */
export type FileResults = ReadonlyMap<string, Float32Array | readonly string[]>;

/**
 * Feeds raw columns to an exported file, on ONNX Runtime's processor.
 *
 * @returns null where there is no ONNX Runtime.
 * @throws Error when ONNX Runtime refuses the file.
 */
export async function runFile(bytes: Uint8Array, { rows, columns }: Table): Promise<FileResults | null> {
  const runtime = await loadRuntime();
  if (!runtime.available) return null;
  const { ort } = runtime;
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  try {
    const feeds = new Map<string, InstanceType<OnnxRuntime["Tensor"]>>();
    for (const name of session.inputNames) feeds.set(name, await tensorOf(ort, columns.get(name)!, rows));
    const results = await session.run(Object.fromEntries(feeds));
    return new Map(
      Object.entries(results).map(([name, { data }]) => [name, data as Float32Array | readonly string[]]),
    );
  } finally {
    await session.release();
  }
}

async function tensorOf({ Tensor }: OnnxRuntime, column: Column, rows: number) {
  switch (column.kind) {
    case "numeric":
      return new Tensor("float64", column.values, [rows, 1]);
    case "nominal":
      return new Tensor(
        "string",
        Array.from(column.codes, (code) => column.levels[code] ?? ""),
        [rows, 1],
      );
    case "tensor":
      return new Tensor("float32", column.values, [rows, ...column.shape]);
    case "image": {
      const { height, width, channels } = column.images[0]!;
      const size = height * width * channels;
      const values = new Float32Array(rows * size);
      for (const [row, image] of column.images.entries()) values.set(await image.read(), row * size);
      return new Tensor("float32", values, [rows, height, width, channels]);
    }
  }
}
