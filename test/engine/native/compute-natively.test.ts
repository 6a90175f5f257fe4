import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { computeAll, onTensorFlow } from "../../../src/engine/compute.ts";
import { chooseBackend, fitModel } from "../../../src/engine/index.ts";
import {
  computeNatively,
  differenceOf,
  weightsInTensorFlow,
  type Asked,
} from "../../../src/engine/native/compute-natively.ts";
import { chosenDevice } from "../../../src/engine/native/device.ts";
import { graphOfConfig } from "../../../src/engine/native/keras-graph.ts";
import { tryRuntime } from "../../../src/engine/native/runtime.ts";
import { rowsAtOnce } from "../../../src/engine/native/session.ts";
import {
  startTensorFlow,
  tf,
  type LayersModel,
  type SymbolicTensor,
} from "../../../src/engine/tensorflow/index.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import type { KerasConfig } from "../../../src/model/network.ts";
import { block, model as described, Recorder, squares, TENSORFLOW_JS, wired } from "../examples.ts";
import { expectClose, exported, modelOf, randomRows } from "./compare.ts";

beforeAll(async () => {
  await startTensorFlow("auto", { specFolder: import.meta.dirname });
});
afterEach(() => vi.unstubAllEnvs());

const shape = [6, 6, 2];
const convolution = () =>
  modelOf(shape, (x) => tf.layers.conv2d({ filters: 4, kernelSize: 3 }).apply(x) as SymbolicTensor);

function asked(model: LayersModel, more: Partial<Asked> = {}): Asked {
  const { class_name, config } = model.toJSON(null, false) as unknown as {
    class_name: string;
    config: KerasConfig;
  };
  return {
    name: "test",
    graph: graphOfConfig(class_name, config),
    weights: weightsInTensorFlow(model),
    reference: onTensorFlow(model),
    inputs: [randomRows(10, shape)],
    rows: 10,
    ...more,
  };
}

describe("a network on ONNX Runtime", () => {
  it("gives what it gives on TensorFlow.js, however many rows are computed at once", async () => {
    const model = convolution();
    const { network } = await computeNatively(asked(model));
    const rows = randomRows(10, shape);
    const [expected] = await computeAll(onTensorFlow(model), [rows], 10);
    for (const rowsAtOnce of [1, 3, 64]) {
      const [actual] = await computeAll({ ...network!, rowsAtOnce }, [rows], 10);
      expect(actual!.shape).toEqual(expected!.shape);
      expectClose(actual!.values, expected!.values);
    }
    await network!.release();
  });

  it("has the weights of the moment it was asked", async () => {
    const model = convolution();
    const { network } = await computeNatively(asked(model));
    const rows = randomRows(4, shape);
    const [before] = await network!.run([rows], 4);
    model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 2)));
    const [after] = await network!.run([rows], 4);
    expect(after!.values).toEqual(before!.values);
    await network!.release();
  });

  it("is not trusted when its first rows are not TensorFlow.js's", async () => {
    const model = convolution();
    const result = await computeNatively(asked(model, { reference: onTensorFlow(convolutionOf(2)) }));
    expect(result).toMatchObject({ network: null, why: "mismatch" });
    expect(result.network === null && result.reason).toMatch(
      /^Its results differ from TensorFlow.js's by \d/,
    );
  });

  it("is not made for less work than it is worth", async () => {
    // 16 places, 3 × 3 × 2 × 4 weights, 10 rows.
    const work = 16 * 72 * 10;
    expect(await computeNatively(asked(convolution(), { atLeast: work + 1 }))).toMatchObject({
      network: null,
    });
    const { network } = await computeNatively(asked(convolution(), { atLeast: work }));
    await network!.release();
  });

  it("names the layer that has no form in ONNX", async () => {
    const model = modelOf(
      [5, 2],
      (x) => tf.layers.lstm({ units: 3, activation: "selu", name: "memory" }).apply(x) as SymbolicTensor,
    );
    expect(await computeNatively(asked(model, { inputs: [randomRows(2, [5, 2])], rows: 2 }))).toEqual({
      network: null,
      why: "unsupported",
      reason: "The layer memory (LSTM) has the activation selu, which ONNX has not within a step.",
    });
  });

  it("stops between batches when it is cancelled", async () => {
    const { network } = await computeNatively(asked(convolution()));
    const stop = new AbortController();
    const done: number[] = [];
    const work = computeAll(
      { ...network!, rowsAtOnce: 2 },
      [randomRows(10, shape)],
      10,
      stop.signal,
      (rows) => {
        done.push(rows);
        if (rows === 4) stop.abort();
      },
    );
    await expect(work).rejects.toThrow(/abort/i);
    expect(done).toEqual([2, 4]);
    await network!.release();
  });
});

const convolutionOf = (seed: number) =>
  modelOf(shape, (x) => tf.layers.conv2d({ filters: 4, kernelSize: 3 }).apply(x) as SymbolicTensor, seed);

describe("the largest difference, as a share of the largest value", () => {
  it.each([
    [[1, -4], [1, -4], 0],
    [[1, -4], [2, -4], 0.25],
    [[NaN, 4], [NaN, 4], 0],
    [[Infinity], [Infinity], 0],
    [[NaN, 4], [1, 4], Infinity],
    [[1], [1, 2], Infinity],
    [[0, 0], [0, 0], 0],
  ])("of %o from %o is %d", (actual, expected, difference) => {
    expect(differenceOf(Float32Array.from(actual), Float32Array.from(expected))).toBe(difference);
  });
});

it("many small rows are computed at once, and few large ones", () => {
  expect(rowsAtOnce(exported(convolution()))).toBe(256);
  const large = modelOf([224, 224, 3], (x) =>
    [1, 2, 3].reduce(
      (value) =>
        tf.layers.conv2d({ filters: 64, kernelSize: 3, padding: "same" }).apply(value) as SymbolicTensor,
      x,
    ),
  );
  expect(rowsAtOnce(exported(large))).toBe(2);
});

describe("where ONNX Runtime is not to be had", () => {
  it("says that there is none for the platform", async () => {
    const missing = () => Promise.reject(new Error("Cannot find module '../bin/napi-v6/plan9/mips/x.node'"));
    expect(await tryRuntime(missing)).toEqual({
      available: false,
      reason: `ONNX Runtime has no library for ${process.platform}-${process.arch} here.`,
    });
  });
  it("says why its library does not load", async () => {
    const broken = () => Promise.reject(new Error("version `GLIBC_2.38' not found\n at somewhere"));
    expect(await tryRuntime(broken)).toEqual({
      available: false,
      reason: "ONNX Runtime's library does not load on this computer (version `GLIBC_2.38' not found).",
    });
  });
});

// A frozen convolution with batch normalisation and a dense layer that is trained.
type T = never;
const transfer = {
  input: block(
    ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
    "input_shape",
  ),
  base: wired(
    block(({ tensor }: { tensor: T }) => {
      const convolved = layers.conv2d({ filters: 3, kernelSize: 3, trainable: false }).apply(tensor);
      return layers.batchNormalization({ trainable: false }).apply(convolved);
    }, "tensor"),
    "input",
  ),
  output: wired(
    block(
      ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
        layers.dense({ units: num_classes, activation: "softmax" }).apply(layers.flatten().apply(tensor)),
      "tensor",
      "num_classes",
    ),
    "base",
  ),
};
type Spec = Parameters<typeof described>[0];

async function losses(engine: "auto" | typeof TENSORFLOW_JS, spec: Spec = transfer) {
  const says = new Recorder();
  const job = { train: squares(40), seed: 3, specFolder: import.meta.dirname };
  const result = await fitModel({ model: described(spec, { fit_epochs: 2 }, { engine }), ...job }, says);
  result.model!.dispose();
  return { losses: says.logs.map((logs) => logs["loss"]!), notes: says.notes };
}

describe("a fit", () => {
  it("has the same losses whichever computes its frozen part, and says nothing of it", async () => {
    const [auto, reference] = [await losses("auto"), await losses(TENSORFLOW_JS)];
    for (const [epoch, loss] of auto.losses.entries()) expect(loss).toBeCloseTo(reference.losses[epoch]!, 5);
    expect([...auto.notes, ...reference.notes]).toEqual([]);
  });

  it("computes on TensorFlow.js where there is no ONNX Runtime; its first line says so", async () => {
    vi.stubEnv("KSPEC_DEVICE", "none");
    const { reason } = await chooseBackend("auto", { specFolder: import.meta.dirname });
    expect(reason).toMatch(/Frozen bases are computed so as well: KSPEC_DEVICE is none/);
    const off = await losses("auto");
    expect(off).toEqual(await losses(TENSORFLOW_JS));
  });

  it("computes frozen layers that go along a sequence, in both directions", async () => {
    const base = block(({ tensor }: { tensor: T }) => {
      const sequence = layers.reshape({ targetShape: [8, 8] }).apply(tensor);
      const both = layers.bidirectional({ layer: layers.lstm({ units: 3 }), trainable: false });
      return both.apply(sequence);
    }, "tensor");
    const spec = { ...transfer, base: wired(base, "input") };
    const [auto, reference] = [await losses("auto", spec), await losses(TENSORFLOW_JS, spec)];
    for (const [epoch, loss] of auto.losses.entries()) expect(loss).toBeCloseTo(reference.losses[epoch]!, 5);
    expect([...auto.notes, ...reference.notes]).toEqual([]);
  });

  it("notes a frozen layer that ONNX Runtime cannot compute", async () => {
    const base = block(({ tensor }: { tensor: T }) => {
      const sequence = layers.reshape({ targetShape: [8, 8] }).apply(tensor);
      const memory = layers.gru({ units: 3, activation: "selu", trainable: false, name: "memory" });
      return memory.apply(sequence);
    }, "tensor");
    const { notes } = await losses("auto", { ...transfer, base: wired(base, "input") });
    expect(notes).toEqual([
      {
        code: "features-on-tensorflow",
        message:
          "The frozen base is computed by TensorFlow.js, which takes longer: the layer memory (GRU) has the activation selu, which ONNX has not within a step.",
      },
    ]);
  });

  it("falls back to the processor, with a note, when another device is not to be had", async () => {
    vi.stubEnv("KSPEC_DEVICE", "coreml");
    const { notes } = await losses("auto");
    expect(notes).toEqual([
      {
        code: "device-unavailable",
        message: expect.stringMatching(
          /^ONNX Runtime cannot compute on coreml here \(.+\), so the processor computes\.$/,
        ),
      },
    ]);
  });
});

it("a device that there is not is refused by name", () => {
  expect(chosenDevice("CUDA")).toBe("cuda");
  expect(() => chosenDevice("gpu")).toThrow(
    'KSPEC_DEVICE (the setting kspec.device) is "gpu". It can be auto, cpu, cuda, directml, coreml, none.',
  );
});
