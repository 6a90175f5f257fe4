import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { startTensorFlow } from "../../../src/engine/tensorflow/index.ts";
import type { BuiltNetwork } from "../../../src/model/applications/network-builder.ts";
import { APPLICATIONS, buildApplication } from "../../../src/model/applications/registry.ts";
import { innerLayers } from "../../../src/model/network.ts";
import { everyCase, parityFixtures } from "../../parity-fixtures.ts";
import { compute } from "./compute.ts";
import { formulaImages, formulaWeights } from "./formula.ts";

// What Keras computes with the same weights and images (scripts/parity/applications.py). `npm run parity` computes every
// case of every application; here each family's smallest is computed, and of the others the layers are compared.

interface Fixture {
  readonly gain: number;
  readonly preprocessing: string;
  readonly cases: readonly Case[];
}
interface Case {
  readonly options: Readonly<Record<string, unknown>>;
  readonly size: number;
  readonly name: string;
  readonly layers: { readonly count: number; readonly parameters: number; readonly sha256: string };
  readonly shape: readonly number[];
  readonly largest: number;
  readonly norm: number;
  readonly sample: readonly number[];
}

const folder = path.join(parityFixtures, "applications");
const COMPUTED = new Set(["resnet50", "resnet50V2", "mobilenet", "mobilenetV2", "vgg16", "efficientNetB0"]);

const fixtures = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map(
    (file) =>
      [
        path.basename(file, ".json"),
        JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Fixture,
      ] as const,
  );

beforeAll(async () => {
  await startTensorFlow("auto", { specFolder: import.meta.dirname });
});

it("there is a fixture for every application", () => {
  expect(fixtures.map(([name]) => name).sort()).toEqual([...APPLICATIONS.keys()].sort());
});

describe.each(fixtures)("%s", (application, { gain, preprocessing, cases }) => {
  it("is fed as Keras feeds it", () => {
    expect(APPLICATIONS.get(application)!.preprocessing).toBe(preprocessing);
  });

  it.each(cases)("has Keras's layers in Keras's order: $options", ({ options, name, layers }) => {
    const network = buildApplication({ from: "application", name: application, options });
    expect(network.config["name"]).toBe(name);
    const lines = described(network);
    expect(lines.length).toBe(layers.count);
    expect(parameters(network)).toBe(layers.parameters);
    expect(createHash("sha256").update(lines.join("\n")).digest("hex")).toBe(layers.sha256);
  });

  it.runIf(everyCase || COMPUTED.has(application)).each(cases)(
    "computes what Keras computes: $options",
    ({ options, size, shape, largest, norm, sample }) => {
      const network = buildApplication({ from: "application", name: application, options });
      const images = formulaImages(size, preprocessing);
      const outputs = compute({ ...network, weights: formulaWeights(network, gain) }, images, [
        2,
        size,
        size,
        3,
      ]);
      expect(outputs.shape).toEqual(shape);
      const { values } = outputs;
      const worst = Math.max(
        ...sample.map((expected, i) => {
          const place = Math.round((i * (values.length - 1)) / (sample.length - 1));
          return Math.abs(values[place]! - expected);
        }),
      );
      expect(worst / largest).toBeLessThan(1e-4);
      expect(Math.abs(Math.hypot(...chunkNorms(values)) - norm) / norm).toBeLessThan(1e-4);
    },
  );
});

/** One line for each layer, as the script writes it: name, class, shapes of weights, what it reads. */
function described({ config, slots }: BuiltNetwork): string[] {
  const shapes = new Map(slots.map(({ layer, weights }) => [layer, weights.map(({ shape }) => shape)]));
  return innerLayers(config).map(({ name, class_name, ...layer }) => {
    const inbound = layer["inbound_nodes"] as [string, ...unknown[]][][];
    const reads = inbound.flat().map(([from]) => from);
    return `${name} ${class_name} ${JSON.stringify(shapes.get(name!) ?? [])} ${reads.join(",")}`;
  });
}

function parameters({ slots }: BuiltNetwork): number {
  return slots
    .flatMap(({ weights }) => weights)
    .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
}

/** Norms of parts, since a call takes so many arguments and no more. */
function chunkNorms(values: Float32Array): number[] {
  const norms: number[] = [];
  for (let start = 0; start < values.length; start += 1000)
    norms.push(Math.hypot(...values.subarray(start, start + 1000)));
  return norms;
}
