import "./own-cache.ts";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadOnnxBase } from "../../../src/engine/onnx-base/index.ts";
import type { Rows } from "../../../src/engine/rows.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { expectClose } from "../native/compare.ts";
import { computed } from "./as-a-layer.ts";

// Written by scripts/parity/onnx_bases.py as other exporters write them, with what ONNX Runtime computes in Python; and by
// PyTorch's exporter (torch_bases.py), with what PyTorch computes.

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Expected {
  readonly inputs: readonly Values[];
  readonly output: Values;
}
const expectedOf = (folder: string): [file: string, Expected][] =>
  Object.entries(
    JSON.parse(readFileSync(path.join(parityFixtures, folder, "expected.json"), "utf8")) as Record<
      string,
      Expected
    >,
  ).map(([file, one]) => [path.join(folder, file), one]);
const expected = [...expectedOf("onnx"), ...expectedOf("torch")];

/** `[rows, channels, height, width]` → `[height, width, channels]` of each row. */
function channelsLast({ shape, values }: Values): Rows {
  const [, channels, height, width] = shape as [number, number, number, number];
  const places = height * width;
  return {
    shape: [height, width, channels],
    values: Float32Array.from({ length: values.length }, (_, i) => {
      const row = Math.floor(i / (places * channels));
      const place = Math.floor(i / channels) % places;
      return values[(row * channels + (i % channels)) * places + place]!;
    }),
  };
}
const asItIs = ({ shape, values }: Values): Rows => ({
  shape: shape.slice(1),
  values: Float32Array.from(values),
});

describe("a model from an .onnx file computes what it computes elsewhere", () => {
  it.each(expected)("%s", async (file, { inputs, output }) => {
    const inKeras = (one: Values) =>
      one.shape.length === 4 && !file.includes("nhwc") ? channelsLast(one) : asItIs(one);
    const rows = inputs.map(inKeras);
    const base = await loadOnnxBase(
      path.join(parityFixtures, file),
      undefined,
      rows.map(({ shape }) => shape),
    );
    const result = await computed(base, rows, inputs[0]!.shape[0]!);
    expect(result.shape).toEqual(inKeras(output).shape);
    if (file.includes("float16"))
      // Elsewhere it was rounded to half precision after every operation.
      for (const [i, one] of inKeras(output).values.entries()) expect(result.values[i]).toBeCloseTo(one, 3);
    else expectClose(result.values, inKeras(output).values);
    expect(base.config["output"]).toMatchObject({ shape: result.shape });
  });
});
