import "@tensorflow/tfjs-backend-cpu";
import type { Tensor, Tensor4D, Tensor5D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { resize } from "../../src/engine/tensorflow/resize.ts";
import { startTensorFlow, tf } from "../../src/engine/tensorflow/index.ts";

// Each kernel of ours is compared with TensorFlow.js's plain JavaScript backend on the same numbers.
beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
});

async function on(backend: "wasm" | "cpu", compute: () => Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const results = compute();
  const values = await Promise.all(results.map((t) => t.data<"float32">()));
  tf.dispose(results);
  await tf.setBackend("wasm");
  return values;
}

async function sameOnBoth(compute: () => Tensor[]): Promise<void> {
  const expected = await on("cpu", compute);
  const actual = await on("wasm", compute);
  expect(actual.length).toBe(expected.length);
  for (const [i, values] of expected.entries()) {
    expect(actual[i]!.length).toBe(values.length);
    const largest = values.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
    const difference = values.reduce((m, v, j) => Math.max(m, Math.abs(v - actual[i]![j]!)), 0);
    expect(difference / largest).toBeLessThan(1e-4);
  }
}

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);

describe("gradients of convolutions", () => {
  const cases = [
    { image: [2, 7, 6, 3], filter: [3, 3, 3, 4], strides: 1, pad: "same" },
    { image: [2, 7, 6, 3], filter: [3, 2, 3, 4], strides: 2, pad: "same" },
    { image: [3, 9, 8, 1], filter: [5, 5, 1, 2], strides: 3, pad: "valid" },
    { image: [1, 6, 6, 2], filter: [1, 1, 2, 5], strides: 2, pad: "valid" },
    { image: [4, 28, 28, 2], filter: [3, 3, 2, 3], strides: [2, 1], pad: "same" },
  ] as const;
  it.each(cases)("conv2d $image by $filter, strides $strides, $pad", ({ image, filter, strides, pad }) =>
    sameOnBoth(() =>
      tf.tidy(() =>
        tf.grads((x, w) =>
          tf.square(tf.mul(tf.conv2d(x as Tensor4D, w as Tensor4D, strides as number, pad), 0.1)),
        )([normal([...image], 1), normal([...filter], 2)]),
      ),
    ),
  );

  it("takes a large batch in parts", () =>
    sameOnBoth(() =>
      tf.tidy(() => [
        tf.grad((w) =>
          tf.square(tf.conv2d(normal([3, 160, 160, 16], 3) as Tensor4D, w as Tensor4D, 1, "same")),
        )(normal([3, 3, 16, 1], 4)),
      ]),
    ));

  const depthwise = [
    { image: [2, 7, 6, 3], filter: [3, 3, 3, 1], strides: 1, pad: "same", dilations: 1 },
    { image: [2, 8, 9, 3], filter: [3, 3, 3, 1], strides: 2, pad: "same", dilations: 1 },
    { image: [2, 7, 6, 2], filter: [3, 2, 2, 3], strides: 2, pad: "valid", dilations: 1 },
    { image: [2, 10, 10, 4], filter: [1, 5, 4, 1], strides: 3, pad: "valid", dilations: 1 },
  ] as const;
  it.each(depthwise)(
    "depthwiseConv2d $image by $filter, strides $strides, $pad, dilations $dilations",
    ({ image, filter, strides, pad, dilations }) =>
      sameOnBoth(() =>
        tf.tidy(() =>
          tf.grads((x, w) =>
            tf.square(tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, strides, pad, "NHWC", dilations)),
          )([normal([...image], 5), normal([...filter], 6)]),
        ),
      ),
  );
});

it("depthwise kernels with dilation are those of a filter with zeros between its elements", async () => {
  const x = normal([1, 11, 10, 2], 5);
  const filter = normal([3, 3, 2, 2], 6);
  const dy = normal([1, 11, 10, 4], 7);
  const attributes = { strides: 1, pad: "same" };
  const run = (kernel: string, inputs: Record<string, Tensor>, more: object) =>
    tf.engine().runKernel(kernel, inputs, { ...attributes, ...more }) as Tensor;
  const wide = tf.tidy(() => {
    const rows = tf.unstack(filter).flatMap((row) => {
      const columns = tf.unstack(row).flatMap((column) => [column, tf.zeros([2, 2])]);
      return [tf.stack(columns.slice(0, 5)), tf.zeros([5, 2, 2])];
    });
    return tf.stack(rows.slice(0, 5));
  });

  const input = "DepthwiseConv2dNativeBackpropInput";
  const dx = run(input, { dy, filter }, { dilations: 2, inputShape: x.shape });
  const expected = run(input, { dy, filter: wide }, { dilations: 1, inputShape: x.shape });
  expect((await tf.max(tf.abs(tf.sub(dx, expected))).data())[0]).toBeLessThan(1e-4);

  const weights = "DepthwiseConv2dNativeBackpropFilter";
  const dw = run(weights, { x, dy }, { dilations: 2, filterShape: filter.shape });
  const dwWide = run(weights, { x, dy }, { dilations: 1, filterShape: wide.shape });
  const picked = tf.stridedSlice(dwWide, [0, 0, 0, 0], [5, 5, 2, 2], [2, 2, 1, 1]);
  expect((await tf.max(tf.abs(tf.sub(dw, picked))).data())[0]).toBeLessThan(1e-4);
});

it("dilated convolutions have a gradient, the one of a wider filter", () => {
  const wide = (filter: Tensor) =>
    tf.tidy(() => {
      const rows = tf.unstack(filter).map((row) => {
        const columns = tf.unstack(row);
        return tf.stack([columns[0]!, tf.zerosLike(columns[0]!), columns[1]!]);
      });
      return tf.stack([rows[0]!, tf.zerosLike(rows[0]!), rows[1]!]);
    });
  const x = normal([1, 6, 7, 2], 40);
  const filter = normal([2, 2, 2, 3], 41);
  for (const convolve of [tf.conv2d, tf.depthwiseConv2d]) {
    const run = (image: Tensor, weights: Tensor, dilation: number) =>
      tf.square(convolve(image as Tensor4D, weights as Tensor4D, 1, "same", "NHWC", dilation));
    const actual = tf.grads((a, b) => run(a, b, 2))([x, filter]);
    const expected = tf.grads((a, b) => run(a, wide(b), 1))([x, filter]);
    for (const [i, gradient] of actual.entries())
      expect(tf.max(tf.abs(tf.sub(gradient, expected[i]!))).dataSync()[0]).toBeLessThan(1e-4);
  }
});

it("the gradient of gather adds what is gathered twice", () =>
  sameOnBoth(() => [
    tf.grad((x) => tf.square(tf.gather(x, tf.tensor1d([0, 2, 2, 1, 2], "int32"))))(normal([4, 3], 7)),
  ]));

it("logSoftmax", () =>
  sameOnBoth(() => [
    tf.logSoftmax(tf.mul(normal([3, 5], 8), 40)),
    tf.grad((x) => tf.logSoftmax(x))(normal([2, 4], 9)),
  ]));

it.each(["ij,jk->ik", "bij,bkj->bik", "abc,abd->cd", "ij->ji", "ijk->j", "i,j->ij", "aecd,abcd->acbe"])(
  "einsum %s",
  (equation) => {
    const extents: Record<string, number> = { a: 2, b: 3, c: 4, d: 2, e: 3, i: 2, j: 3, k: 4 };
    return sameOnBoth(() => [
      tf.einsum(
        equation,
        ...equation
          .split("->")[0]!
          .split(",")
          .map((letters, i) =>
            normal(
              [...letters].map((letter) => extents[letter]!),
              10 + i,
            ),
          ),
      ),
    ]);
  },
);

describe("kernels of the backend's own whose outputs are cleared", () => {
  const volume = () => normal([2, 4, 5, 4, 2], 20) as Tensor5D;
  // Something lies in the memory that the kernels get.
  const dirty = () => tf.tidy(() => void normal([2, 4, 5, 4, 8], 21).dataSync());

  it("conv3d, its gradients, and the gradients of those", () =>
    sameOnBoth(() => {
      dirty();
      return tf.tidy(() =>
        tf.grads((x, w) => {
          const down = tf.conv3d(x as Tensor5D, w as Tensor5D, 1, "valid");
          return tf.square(tf.conv3dTranspose(down, w as Tensor5D, [2, 4, 5, 4, 2], 1, "valid"));
        })([volume(), normal([2, 2, 3, 2, 3], 22)]),
      );
    }));

  it("conv3d with strides and padding", () =>
    sameOnBoth(() => {
      dirty();
      return tf.tidy(() =>
        tf.grads((x, w) => tf.square(tf.conv3d(x as Tensor5D, w as Tensor5D, [2, 1, 2], "same")))([
          volume(),
          normal([3, 2, 3, 2, 3], 23),
        ]),
      );
    }));

  it("3-D pooling", () =>
    sameOnBoth(() => {
      dirty();
      return tf.tidy(() => [
        tf.grad((x) => tf.square(tf.avgPool3d(x as Tensor5D, 2, 1, "same")))(volume()),
        tf.grad((x) => tf.square(tf.maxPool3d(x as Tensor5D, 2, 2, "valid")))(volume()),
      ]);
    }));
});

it.each([
  ["bilinear", false],
  ["nearest", true],
])("resizing (%s) has the gradient of what it computes", async (_, nearest) => {
  const x = normal([1, 4, 5, 2], 30) as Tensor4D;
  const scaled = (image: Tensor) =>
    tf.sum(tf.mul(resize(tf, image, [7, 3], nearest), normal([1, 7, 3, 2], 31)));
  const gradient = await tf.grad(scaled)(x).data();
  const step = 0.01;
  for (const at of [0, 7, 18, 39]) {
    const moved = (by: number) => {
      const values = x.dataSync<"float32">().slice();
      values[at]! += by;
      return scaled(tf.tensor(values, x.shape)).dataSync()[0]!;
    };
    // Resizing is linear: the difference is the gradient but for rounding.
    expect(gradient[at]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 2);
  }
});
