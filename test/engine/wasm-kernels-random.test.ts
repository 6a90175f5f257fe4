import "@tensorflow/tfjs-backend-cpu";
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { startTensorFlow, tf } from "../../src/engine/tensorflow/index.ts";

// The kernels that WebAssembly lacks and KSpec adds, against TensorFlow.js's plain JavaScript on random shapes: odd ones, extents of 1,
// filters as large as the image and larger, strides, dilation. test/engine/wasm-kernels.test.ts has chosen ones.
beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
});

const RUNS = { numRuns: Number(process.env["KSPEC_RUNS"] ?? 60) };

function on(backend: "wasm" | "cpu", compute: () => Tensor[]): { shape: number[]; values: Float32Array }[] {
  tf.setBackend(backend);
  try {
    return tf.tidy(() => compute().map((t) => ({ shape: t.shape, values: t.dataSync<"float32">().slice() })));
  } finally {
    tf.setBackend("wasm");
  }
}

function sameOnBoth(compute: () => Tensor[]): void {
  const expected = on("cpu", compute);
  const actual = on("wasm", compute);
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [i, { values }] of expected.entries()) {
    const largest = values.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
    const difference = values.reduce((m, v, j) => Math.max(m, Math.abs(v - actual[i]!.values[j]!)), 0);
    expect(difference / largest).toBeLessThan(1e-4);
  }
}

const normal = (shape: readonly number[], seed: number) => tf.randomNormal([...shape], 0, 1, "float32", seed);

/** An image, a filter, and how the one goes over the other. Strides and dilation exclude each other in TensorFlow. */
const windows = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    channels: fc.integer({ min: 1, max: 4 }),
    filter: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    filters: fc.integer({ min: 1, max: 4 }),
    steps: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilated: fc.boolean(),
    pad: fc.constantFrom("same" as const, "valid" as const),
    seed: fc.integer({ min: 1, max: 1e6 }),
  })
  .map(({ steps, dilated, ...window }) => ({
    ...window,
    strides: dilated ? ([1, 1] as [number, number]) : steps,
    dilations: dilated ? steps : ([1, 1] as [number, number]),
  }))
  .filter(
    ({ pad, size, filter, dilations }) =>
      pad === "same" || size.every((extent, i) => (filter[i]! - 1) * dilations[i]! < extent),
  );

it("gradients of convolutions, in the image and in the filter", () => {
  fc.assert(
    fc.property(windows, ({ batch, size, channels, filter, filters, strides, dilations, pad, seed }) =>
      sameOnBoth(() =>
        tf.grads((x, w) =>
          tf.square(tf.conv2d(x as Tensor4D, w as Tensor4D, strides, pad, "NHWC", dilations)),
        )([normal([batch, ...size, channels], seed), normal([...filter, channels, filters], seed + 1)]),
      ),
    ),
    RUNS,
  );
});

it("gradients of depthwise convolutions, in the image and in the filter", () => {
  fc.assert(
    fc.property(windows, ({ batch, size, channels, filter, filters, strides, dilations, pad, seed }) => {
      // Plain JavaScript has them with one stride for both axes.
      const both = strides[0];
      sameOnBoth(() =>
        tf.grads((x, w) =>
          tf.square(tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, both, pad, "NHWC", dilations)),
        )([normal([batch, ...size, channels], seed), normal([...filter, channels, filters], seed + 1)]),
      );
    }),
    RUNS,
  );
});

it("sums by segments, some of which are empty", () => {
  const segments = fc.integer({ min: 1, max: 6 }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      ids: fc.array(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 12 }),
      rest: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
      seed: fc.integer({ min: 1, max: 1e6 }),
    }),
  );
  fc.assert(
    fc.property(segments, ({ count, ids, rest, seed }) =>
      sameOnBoth(() => [
        tf.unsortedSegmentSum(
          normal([ids.length, ...rest], seed),
          tf.tensor1d(ids, "int32") as Tensor1D,
          count,
        ),
        tf.grad((x) => tf.square(tf.gather(x, tf.tensor1d(ids, "int32"))))(normal([count, ...rest], seed)),
      ]),
    ),
    RUNS,
  );
});

// Written out here: plain JavaScript's own is wrong where a letter is in one term alone and not in the result ("b,d->d").
it("Einstein's sums of one and two tensors", () => {
  const extent = fc.integer({ min: 1, max: 4 });
  const letters = fc.shuffledSubarray(["a", "b", "c", "d"], { minLength: 1 });
  const sums = fc
    .record({
      terms: fc.array(letters, { minLength: 1, maxLength: 2 }),
      extents: fc.record({ a: extent, b: extent, c: extent, d: extent }),
      seed: fc.integer({ min: 1, max: 1e6 }),
    })
    .chain(({ terms, extents, seed }) =>
      fc.record({
        terms: fc.constant(terms),
        output: fc.shuffledSubarray([...new Set(terms.flat())], { minLength: 0 }),
        extents: fc.constant<Record<string, number>>(extents),
        seed: fc.constant(seed),
      }),
    );
  fc.assert(
    fc.property(sums, ({ terms, output, extents, seed }) => {
      const equation = `${terms.map((term) => term.join("")).join(",")}->${output.join("")}`;
      const inputs = terms.map((term, i) =>
        normal(
          term.map((letter) => extents[letter]!),
          seed + i,
        ),
      );
      const values = inputs.map((tensor) => tensor.dataSync<"float32">());
      const [actual] = on("wasm", () => [tf.einsum(equation, ...inputs)]);
      tf.dispose(inputs);

      expect(actual!.shape).toEqual(output.map((letter) => extents[letter]));
      const expected = new Float64Array(actual!.values.length);
      for (const at of everyIndex(extents)) {
        const place = (term: readonly string[]) =>
          term.reduce((so_far, letter) => so_far * extents[letter]! + at[letter]!, 0);
        // A letter that no term has runs along nothing.
        if (Object.keys(at).some((letter) => at[letter]! > 0 && !terms.flat().includes(letter))) continue;
        expected[place(output)]! += terms.reduce((product, term, i) => product * values[i]![place(term)]!, 1);
      }
      for (const [i, value] of expected.entries()) expect(actual!.values[i]).toBeCloseTo(value, 4);
    }),
    RUNS,
  );
});

function everyIndex(extents: Readonly<Record<string, number>>): Record<string, number>[] {
  return Object.entries(extents).reduce<Record<string, number>[]>(
    (all, [letter, extent]) =>
      all.flatMap((one) => Array.from({ length: extent }, (_, at) => ({ ...one, [letter]: at }))),
    [{}],
  );
}
