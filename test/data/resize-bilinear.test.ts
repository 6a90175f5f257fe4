import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, test } from "vitest";
import { resizeBilinear } from "../../src/data/recipe/resize-bilinear.ts";

beforeAll(() => tf.setBackend("cpu"));

describe("resizeBilinear is TensorFlow's (half-pixel centres, no antialiasing)", () => {
  test.each([
    [[4, 4, 1], 8, 8],
    [[7, 5, 3], 3, 11],
    [[28, 28, 1], 32, 32],
    [[32, 32, 3], 96, 96],
    [[120, 90, 3], 32, 32],
    [[1, 1, 3], 4, 2],
    [[5, 9, 1], 1, 1],
    [[37, 53, 3], 224, 160],
  ] as const)("%j → %d × %d", async (shape, height, width) => {
    const pixels = Float32Array.from(
      { length: shape[0] * shape[1] * shape[2] },
      (_, at) => (at * 7919) % 256,
    );
    const expected = tf.tidy(() =>
      tf.image.resizeBilinear(tf.tensor3d(pixels, [...shape]), [height, width], false, true),
    );
    const wanted = await expected.data();
    const resized = resizeBilinear(pixels, shape, height, width);
    expect(resized.length).toBe(wanted.length);
    let worst = 0;
    for (let at = 0; at < resized.length; at++) worst = Math.max(worst, Math.abs(resized[at]! - wanted[at]!));
    expect(worst).toBeLessThan(1e-3);
  });

  test.each([
    [6, 9],
    [3, 2],
    [4, 5],
  ])("from bytes as from floats, to %d × %d", (height, width) => {
    const bytes = Uint8Array.from({ length: 4 * 5 * 3 }, (_, at) => (at * 7919) % 256);
    const floats = resizeBilinear(Float32Array.from(bytes), [4, 5, 3], height, width);
    expect(resizeBilinear(bytes, [4, 5, 3], height, width)).toEqual(floats);
    const place = new Float32Array(height * width * 3);
    expect(resizeBilinear(bytes, [4, 5, 3], height, width, place)).toBe(place);
    expect(place).toEqual(floats);
  });

  test("by hand: (0, 10) over four pixels", () => {
    expect(Array.from(resizeBilinear(Float32Array.of(0, 10), [1, 2, 1], 1, 4))).toEqual([0, 2.5, 7.5, 10]);
  });
});
