import "./own-cache.ts";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KerasGraph } from "../../../src/engine/native/keras-graph.ts";
import { encodeModel } from "../../../src/engine/native/onnx/encode.ts";
import { rowsAtOnce } from "../../../src/engine/native/session.ts";
import {
  baseFiles,
  holdsOnnxModel,
  loadOnnxBase,
  openSavedBases,
} from "../../../src/engine/onnx-base/index.ts";
import { startTensorFlow, tf, type SymbolicTensor } from "../../../src/engine/tensorflow/index.ts";
import { layers, load_model } from "../../../src/kspec/index.ts";
import type { LoadedBase } from "../../../src/model/assemble.ts";
import { expectClose, randomRows, runNatively } from "../native/compare.ts";
import { computed, graphOf, written } from "./as-a-layer.ts";
import { changed } from "./damage.ts";

const fixture = (name: string) => path.join(import.meta.dirname, "../../fixtures/parity/onnx", name);
let folder: string;
beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-onnx-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const image = [8, 8, 3];
const features = async (graph: KerasGraph, rows = randomRows(2, image)) =>
  (await runNatively(written(graph), [rows], 2))[0]!;

describe("in a network", () => {
  it("layers stand before and behind it, and are folded into nothing of it", async () => {
    const base = await loadOnnxBase(fixture("nchw.onnx"), "pooled");
    const rows = randomRows(2, image);
    const scaled = { shape: image, values: rows.values.map((one) => one * 2 + 1) };
    const graph = graphOf(
      base,
      [image],
      [
        { class_name: "Rescaling", config: { scale: 0.5, offset: -0.5 } },
        { class_name: "Flatten", config: {} },
      ],
    );
    const { values, shape } = await features(graph, scaled);
    const direct = await computed(base, [scaled], 2);
    expect(shape).toEqual([36]);
    expect(direct.shape).toEqual([3, 3, 4]);
    expectClose(
      values,
      direct.values.map((one) => one * 0.5 - 0.5),
    );
  });

  it("applied twice, it has its weights once", async () => {
    const base = await loadOnnxBase(fixture("nhwc.onnx"));
    const once = written(graphOf(base, [image]));
    const graph = graphOf(base, [image]);
    const twice = graph.layers.get("base")!;
    const both: KerasGraph = {
      ...graph,
      layers: new Map(graph.layers).set("base", { ...twice, calls: [...twice.calls, ...twice.calls] }),
      outputs: [graph.outputs[0]!, { ...graph.outputs[0]!, call: 1 }],
    };
    const bytes = (one: ReturnType<typeof written>) => encodeModel(one).length;
    expect(bytes(written(both)) - bytes(once)).toBeLessThan(800);
    const [first, second] = await runNatively(written(both), [randomRows(2, image)], 2);
    expect(second!.values).toEqual(first!.values);
  });

  it("two models of different versions stand in one graph", async () => {
    const old = await loadOnnxBase(fixture("nchw.onnx"), "pooled");
    const young = await loadOnnxBase(fixture("nchw-opset21.onnx"), "pooled");
    const graph = graphOf(old, [image]);
    const other = { ...graph.layers.get("base")!, name: "other", config: young.config };
    const both: KerasGraph = {
      ...graph,
      layers: new Map(graph.layers).set("other", other),
      outputs: [graph.outputs[0]!, { layer: "other", call: 0, tensor: 0 }],
    };
    const [first, second] = await runNatively(written(both), [randomRows(2, image)], 2);
    expectClose(first!.values, second!.values);
  });

  it("what changed between their versions is not mixed", async () => {
    const file = path.join(folder, "grid.onnx");
    writeFileSync(
      file,
      changed(readFileSync(fixture("nchw.onnx")), ({ opset_import, graph }) => {
        opset_import[0]!.version = 18;
        graph.node[2]!.op_type = "GroupNormalization";
        graph.node[2]!.input.push("bn.scale2", "bn.shift2");
        const two = { data_type: 1, dims: [2], raw_data: new Uint8Array(new Float32Array([1, 1]).buffer) };
        graph.initializer.push({ ...graph.initializer[1]!, ...two, name: "bn.scale2" });
        graph.initializer.push({ ...graph.initializer[1]!, ...two, name: "bn.shift2" });
        graph.node[2]!.attribute = [{ name: "num_groups", type: 2, i: 2 } as never];
      }),
    );
    const old = await loadOnnxBase(file, "pooled");
    const young = await loadOnnxBase(fixture("nchw-opset21.onnx"), "pooled");
    const graph = graphOf(old, [image]);
    const other = { ...graph.layers.get("base")!, name: "other", config: young.config };
    const both: KerasGraph = {
      ...graph,
      layers: new Map(graph.layers).set("other", other),
      outputs: [graph.outputs[0]!, { layer: "other", call: 0, tensor: 0 }],
    };
    expect(() => written(both)).toThrow(
      "between which GroupNormalization changed: export both with the same opset_version.",
    );
  });

  it("is not given images of another size", async () => {
    const takes =
      'takes [8, 8, 3], and it got [32, 32, 3]. Resize the images in the recipe: .step_resize("image", { height: 8, width: 8 }).';
    await expect(loadOnnxBase(fixture("nchw.onnx"), undefined, [[32, 32, 3]])).rejects.toThrow(
      `nchw.onnx ${takes}`,
    );
    const base = await loadOnnxBase(fixture("nchw.onnx"));
    expect(() => written(graphOf(base, [[32, 32, 3]]))).toThrow(takes);
    expect(() => written(graphOf(base, [image, image]))).toThrow(
      "has 1 input, and it is applied to 2 tensors.",
    );
  });

  it("counts with what it costs", async () => {
    const { config } = await loadOnnxBase(fixture("nchw.onnx"));
    const { load } = written(graphOf({ class_name: "OnnxModel", config, weights: new Map() }, [image]));
    // 4×4 places of 4·27 weights and of 4·18 weights.
    expect(load.multiplications).toBe(16 * (4 * 27 + 4 * 18));
    expect(
      rowsAtOnce(written(graphOf({ class_name: "OnnxModel", config, weights: new Map() }, [image]))),
    ).toBe(256);
    expect(config["parameters"]).toBe(4 * 27 + 4 + 4 * 18 + 4 * 4);
  });
});

describe("its place in TensorFlow.js", () => {
  const layer = ({ class_name, config }: LoadedBase) => {
    const [constructor, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[class_name]!;
    return fromConfig(constructor, { ...config, name: "base" } as never) as unknown as {
      apply(x: SymbolicTensor): SymbolicTensor;
    };
  };
  it("tells shapes, and computes nothing", async () => {
    const base = layer(await loadOnnxBase(fixture("nchw.onnx"), "pooled"));
    expect(base.apply(tf.input({ shape: image })).shape).toEqual([null, 3, 3, 4]);
    expect(() => base.apply(tf.zeros([1, ...image]) as unknown as SymbolicTensor)).toThrow(
      "can only be computed by ONNX Runtime",
    );
  });
  it("takes what the file takes", async () => {
    const base = layer(await loadOnnxBase(fixture("nchw.onnx")));
    expect(() => base.apply(tf.input({ shape: [32, 32, 3] }))).toThrow(
      'the .onnx model takes [8, 8, 3], and it got [32, 32, 3]. Resize the images in the recipe: .step_resize("image", { height: 8, width: 8 }).',
    );
    expect(() => base.apply(tf.input({ shape: [8, 8, 1] }))).toThrow("and it got [8, 8, 1].");
  });
  it("knows the features of the size that it was loaded for", async () => {
    const any = await loadOnnxBase(fixture("any-size.onnx"));
    expect(any.config["output"]).toEqual({ shape: [null, null, 4], layout: "channels_first" });
    const sized = await loadOnnxBase(fixture("any-size.onnx"), undefined, [[21, 30, 3]]);
    expect(layer(sized).apply(tf.input({ shape: [21, 30, 3] })).shape).toEqual([null, 10, 14, 4]);
    expect(layer(any).apply(tf.input({ shape: [null, null, 3] })).shape).toEqual([null, null, null, 4]);
    expect(() => layer(any).apply(tf.input({ shape: [21, 30, 3] }))).toThrow(
      "takes any size, and what it gives for [21, 30, 3] was not computed",
    );
  });
});

describe("saved", () => {
  it("its files go with the model, and are opened from there", async () => {
    const base = await loadOnnxBase(fixture("external.onnx"));
    const graph = graphOf(base, [image]);
    expect(holdsOnnxModel(graph)).toBe(true);
    const files = baseFiles(graph.layers.values());
    expect(files.map(({ name }) => name.replace(/[0-9a-f]{12}/, "HASH"))).toEqual([
      "bases/HASH/base.onnx",
      "bases/HASH/external.bin",
    ]);
    for (const { name, path: from } of files) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      copyFileSync(from, path.join(folder, name));
    }
    await openSavedBases(graph.layers.values(), folder);
    const elsewhere = { ...base, config: { ...base.config, sha256: "0".repeat(64) } };
    await expect(openSavedBases(graphOf(elsewhere, [image]).layers.values(), folder)).rejects.toThrow(
      "base.onnx is not the file that was saved with the model.",
    );
  });
});

describe("in a spec", () => {
  it("is frozen from the start, and cannot be anything else", () => {
    const base = load_model("models/base.onnx");
    expect(base.trainable).toBe(false);
    base.trainable = false;
    expect(() => (base.trainable = true)).toThrow("base.onnx cannot be trained");
    expect(base.apply(layers.input({ shape: image })).layer.trainable).toBe(false);
    expect(load_model("models/base.keras").trainable).toBe(true);
  });
});
