import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { drawFrom } from "../../../../src/engine/draws.ts";
import { randomStream, withRandomness } from "../../../../src/engine/random.ts";
import {
  startTensorFlow,
  tf,
  type SymbolicTensor,
  type Tensor,
  type layers,
} from "../../../../src/engine/tensorflow/index.ts";
import { modelOf } from "../compare.ts";
import { expectSameGradients } from "./layer-gradients.ts";

// Layers that are random in training: both engines draw the same, and let gradients through.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  await tf.setBackend("cpu");
});

/** A layer that KSpec has put in the place of TensorFlow.js's own. */
function ours(name: string, config: object): layers.Layer {
  const [constructor, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[name]!;
  return fromConfig(constructor, config as never) as unknown as layers.Layer;
}
const apply = (layer: { apply(input: SymbolicTensor): unknown }, input: SymbolicTensor) =>
  layer.apply(input) as SymbolicTensor;

describe("the same natively", () => {
  it.each<[string, object, number[]]>([
    ["Dropout", { rate: 0.4 }, [6]],
    ["Dropout", { rate: 1 }, [6]],
    ["Dropout", { rate: 0 }, [6]],
    ["Dropout", { rate: 0.4 }, [3, 4, 2]],
    ["Dropout", { rate: 0.4, noiseShape: [null, 1, 5] }, [3, 5]],
    ["Dropout", { rate: 0.4, noiseShape: [1, 3, 5] }, [3, 5]],
    ["SpatialDropout1D", { rate: 0.4 }, [3, 5]],
    ["SpatialDropout2D", { rate: 0.4 }, [3, 4, 5]],
    ["SpatialDropout2D", { rate: 0.4, dataFormat: "channelsFirst" }, [3, 4, 5]],
    ["SpatialDropout3D", { rate: 0.4 }, [2, 3, 2, 5]],
    ["GaussianNoise", { stddev: 0.3 }, [7]],
    ["GaussianDropout", { rate: 0.3 }, [7]],
    ["AlphaDropout", { rate: 0.3 }, [7]],
    ["AlphaDropout", { rate: 0.3, noiseShape: [null, 1, 5] }, [3, 5]],
  ])("%s %j on %j", async (name, options, shape) => {
    const build = (input: SymbolicTensor) =>
      apply(ours(name, options), apply(ours("Dense", { units: shape.at(-1) }), input));
    await expectSameGradients(modelOf(shape, build), shape);
  });

  it.each([
    ["Dropout", { rate: 0.4 }],
    ["SpatialDropout2D", { rate: 0.4 }],
    ["GaussianNoise", { stddev: 0.3 }],
  ])("%s behind a pooling, whose channels lie first", async (name, options) => {
    const build = (input: SymbolicTensor) =>
      apply(ours(name, options), apply(ours("AveragePooling2D", { poolSize: 2, strides: 2 }), input));
    await expectSameGradients(modelOf([4, 6, 3], build), [4, 6, 3]);
  });

  it("one layer that is applied twice draws twice", async () => {
    const build = (input: SymbolicTensor) => {
      const dropout = ours("Dropout", { rate: 0.5 });
      return apply(dropout, apply(ours("Dense", { units: 8 }), apply(dropout, input)));
    };
    await expectSameGradients(modelOf([8], build), [8]);
  });
});

describe("what Keras's formulas say", () => {
  const x = Float32Array.from({ length: 12 }, (_, i) => i / 4 - 1);
  /** What the layer makes of x, and the numbers that it drew. */
  const compute = (name: string, options: object): number[] =>
    withRandomness(randomStream(1), () => {
      const result = ours(name, options).apply(tf.tensor(x, [3, 4]), { training: true }) as Tensor;
      return Array.from(result.dataSync());
    });
  const expected = (values: (x: number, drawn: number) => number, kind: Parameters<typeof drawFrom>[1]) => {
    const drawn = drawFrom(randomStream(1), kind, x.length);
    return Array.from(x, (one, i) => values(one, drawn[i]!));
  };
  const close = (actual: number[], wanted: number[]) => {
    for (const [i, one] of actual.entries()) expect(one).toBeCloseTo(wanted[i]!, 5);
  };

  it("dropout", () => {
    const wanted = expected((one, kept) => one * kept, { kind: "keep", rate: 0.25 });
    close(compute("Dropout", { rate: 0.25 }), wanted);
    expect(wanted.some((one, i) => one === 0 && x[i] !== 0)).toBe(true);
  });

  it("noise that is added", () => {
    close(
      compute("GaussianNoise", { stddev: 0.5 }),
      expected((one, noise) => one + noise, { kind: "normal", deviation: 0.5 }),
    );
  });

  it("noise that is multiplied with", () => {
    close(
      compute("GaussianDropout", { rate: 0.2 }),
      expected((one, noise) => one * (1 + noise), { kind: "normal", deviation: 0.5 }),
    );
  });

  it("dropout for selu", () => {
    const [alpha, scale, rate] = [1.6732632423543772, 1.0507009873554805, 0.3];
    const lowest = -alpha * scale;
    const a = ((1 - rate) * (1 + rate * lowest ** 2)) ** -0.5;
    const b = -a * lowest * rate;
    close(
      compute("AlphaDropout", { rate }),
      expected((one, kept) => a * (kept > 0 ? one : lowest) + b, { kind: "keep", rate }),
    );
  });

  it("a rate of 1 has none where noise would be endless", () => {
    expect(() => compute("GaussianDropout", { rate: 1 })).toThrow("give it a rate below 1");
  });
});
