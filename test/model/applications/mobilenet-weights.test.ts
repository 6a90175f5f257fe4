import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeImage } from "../../../src/data/decode-image.ts";
import { resizeBilinear } from "../../../src/data/recipe/resize-bilinear.ts";
import { loadApplication } from "../../../src/engine/application-base.ts";
import { startTensorFlow } from "../../../src/engine/tensorflow/index.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { compute } from "./compute.ts";

// Keras's published weights of MobileNet 0.25, which are no part of the project: KSPEC_TEST_ASSETS says where they are.
const assets = path.resolve(process.env["KSPEC_TEST_ASSETS"] ?? "../shared/assets");
const there = existsSync(path.join(assets, "models/mobilenet_2_5_224_tf_no_top.h5"));
const expected = JSON.parse(readFileSync(path.join(parityFixtures, "mobilenet-features.json"), "utf8")) as {
  files: string[];
  size: number;
  shape: number[];
  largest: number;
  norm: number;
  sample: number[];
};

beforeAll(async () => {
  await startTensorFlow("auto", { specFolder: import.meta.dirname });
});

describe.skipIf(!there)(`with the weights in ${assets}`, () => {
  it("MobileNet's features of CIFAR-10 images are Keras's", async () => {
    const { files, size, shape, largest, norm, sample } = expected;
    const base = await loadApplication(
      { from: "application", name: "mobilenet", options: { alpha: 0.25, includeTop: false } },
      import.meta.dirname,
      { keras_home: "/nowhere", mirrors: [assets], env: {} },
    );
    const images = new Float32Array(files.length * size * size * 3);
    for (const [i, file] of files.entries()) {
      const pixels = Float32Array.from(await decodeImage(path.join(assets, file), 3));
      const large = resizeBilinear(pixels, [32, 32, 3], size, size);
      images.set(
        large.map((value) => value / 127.5 - 1),
        i * size * size * 3,
      );
    }
    const features = compute(base, images, [files.length, size, size, 3]);
    expect(features.shape).toEqual(shape);
    const worst = Math.max(
      ...sample.map((value, i) => {
        const place = Math.round((i * (features.values.length - 1)) / (sample.length - 1));
        return Math.abs(features.values[place]! - value);
      }),
    );
    expect(worst / largest).toBeLessThan(1e-4);
    expect(Math.abs(Math.hypot(...features.values) / norm - 1)).toBeLessThan(1e-4);
  });
});
