import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cutAfter } from "../../src/model/cut.ts";
import { readModelFiles, writeModelFiles, type WeightFile } from "../../src/model/tfjs-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-model-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const topology = { class_name: "Sequential", config: { name: "net", layers: [] } };
const file = (name: string, ...values: number[]): WeightFile => ({
  name,
  weights: [["fc/kernel", { shape: [values.length], dtype: "float32", values: Float32Array.from(values) }]],
});
const modelFile = () => path.join(folder, "model.json");

it("what is written is read back", async () => {
  await writeModelFiles(folder, topology, [file("a.bin", 1, 2, 3)], { epoch: 2 });
  const { weights, metadata, topology: read } = await readModelFiles(modelFile());
  expect(read).toEqual(topology);
  expect(metadata).toEqual({ epoch: 2 });
  expect(weights.get("fc/kernel")).toEqual({
    shape: [3],
    dtype: "float32",
    values: Float32Array.of(1, 2, 3),
  });
});

it("old weights go only after the new model is there, and nothing half-written stays", async () => {
  await writeModelFiles(folder, topology, [file("a.bin", 1)], {});
  await writeModelFiles(folder, topology, [file("b.bin", 2)], {});
  expect((await readdir(folder)).sort()).toEqual(["b.bin", "model.json"]);
  // Weights that cannot be written: the model of before is untouched.
  await expect(writeModelFiles(folder, topology, [file("no/such/folder.bin", 3)], {})).rejects.toThrow(
    "ENOENT",
  );
  expect([...(await readModelFiles(modelFile())).weights.get("fc/kernel")!.values]).toEqual([2]);
});

describe("what cannot be read says what to do", () => {
  it("no file", async () => {
    await expect(readModelFiles(modelFile())).rejects.toThrow(
      `There is no model at ${modelFile()}. Check the path: it starts at the spec's folder.`,
    );
  });
  it("half a file", async () => {
    await writeModelFiles(folder, topology, [file("a.bin", 1)], {});
    await truncate(modelFile(), 40);
    await expect(readModelFiles(modelFile())).rejects.toThrow(
      "is no complete JSON file. Copy or convert the model again.",
    );
  });
  it("missing weights", async () => {
    await writeModelFiles(folder, topology, [file("a.bin", 1)], {});
    await rm(path.join(folder, "a.bin"));
    await expect(readModelFiles(modelFile())).rejects.toThrow("needs the weights file a.bin beside it");
  });
  it("weights cut short", async () => {
    await writeModelFiles(folder, topology, [file("a.bin", 1, 2)], {});
    await truncate(path.join(folder, "a.bin"), 6);
    await expect(readModelFiles(modelFile())).rejects.toThrow("is shorter than its model says (6 bytes)");
  });
  it("a graph model", async () => {
    await writeFile(modelFile(), JSON.stringify({ format: "graph-model", modelTopology: { node: [] } }));
    await expect(readModelFiles(modelFile())).rejects.toThrow(
      "is a TensorFlow.js graph model, which has no layers",
    );
  });
  it("another JSON file", async () => {
    await writeFile(modelFile(), "[1, 2]");
    await expect(readModelFiles(modelFile())).rejects.toThrow("is no TensorFlow.js layers model");
  });
});

it("quantised weights are brought back to numbers", async () => {
  const group = {
    paths: ["q.bin"],
    weights: [
      { name: "eight", shape: [2], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -1 } },
      { name: "sixteen", shape: [2], dtype: "float32", quantization: { dtype: "uint16", scale: 2, min: 1 } },
      {
        name: "half",
        shape: [3],
        dtype: "float32",
        quantization: { dtype: "float16", original_dtype: "float32" },
      },
    ],
  };
  await writeFile(modelFile(), JSON.stringify({ modelTopology: topology, weightsManifest: [group] }));
  await writeFile(
    path.join(folder, "q.bin"),
    Uint8Array.of(0, 4, 1, 0, 3, 0, 0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00),
  );
  const { weights } = await readModelFiles(modelFile());
  expect([...weights.get("eight")!.values]).toEqual([-1, 1]);
  expect([...weights.get("sixteen")!.values]).toEqual([3, 7]);
  expect([...weights.get("half")!.values]).toEqual([1, -2, 2 ** -24]);
});

describe("cutting a base", () => {
  const layer = (name: string, ...reads: string[]) => ({
    name,
    class_name: "Dense",
    config: { name },
    inbound_nodes: reads.length ? [reads.map((read) => [read, 0, 0, {}])] : [],
  });
  const base = {
    class_name: "Functional",
    config: {
      name: "net",
      layers: [layer("in"), layer("left", "in"), layer("right", "in"), layer("both", "left", "right")],
      input_layers: [["in", 0, 0]],
      output_layers: [["both", 0, 0]],
    },
    weights: new Map(
      ["left", "right", "both"].map((name) => [
        `${name}/kernel`,
        { shape: [1], dtype: "float32" as const, values: Float32Array.of(1) },
      ]),
    ),
  };
  it("keeps what the layer needs, and its weights", () => {
    const cut = cutAfter(base, "left", "net.json");
    expect((cut.config["layers"] as { name: string }[]).map(({ name }) => name)).toEqual(["in", "left"]);
    expect(cut.config["output_layers"]).toEqual([["left", 0, 0]]);
    expect([...cut.weights.keys()]).toEqual(["left/kernel"]);
  });
  it("at a name that is not there lists those there are", () => {
    expect(() => cutAfter(base, "lefft", "net.json")).toThrow(
      'load_model("net.json", { up_to: "lefft" }): the model has no layer of that name. It has: in, left, right, both.',
    );
  });
});

it("the digits base that ships is complete and small", async () => {
  const shipped = path.join(import.meta.dirname, "../../media/digits_base");
  const { weights } = await readModelFiles(path.join(shipped, "model.json"));
  expect(weights.size).toBe(30);
  expect((await readFile(path.join(shipped, "weights.bin"))).length).toBeLessThan(1_000_000);
});
