import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseBackend, fitModel } from "../../src/engine/index.ts";
import { tf } from "../../src/engine/tensorflow/index.ts";
import { findTfjsNode } from "../../src/engine/tensorflow/tfjs-node.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { block, model, Recorder, squares, TENSORFLOW_JS, wired } from "./examples.ts";

type T = never;
const native = process.env["KSPEC_TFJS_NODE"];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-backend-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("where native TensorFlow is looked for", () => {
  const install = async (at: string, compiled = true) => {
    const home = path.join(at, "node_modules/@tensorflow/tfjs-node");
    await mkdir(compiled ? path.join(home, "lib") : home, { recursive: true });
    await writeFile(path.join(home, "package.json"), "{}");
    return home;
  };
  beforeEach(() => vi.stubEnv("KSPEC_TFJS_NODE", ""));
  afterEach(() => vi.unstubAllEnvs());

  it("in the spec's project, also from a folder inside it", async () => {
    const home = await install(folder);
    const inside = path.join(folder, "specs/deep");
    await mkdir(inside, { recursive: true });
    expect(findTfjsNode({ specFolder: inside })).toEqual({
      folder: home,
      where: `in the spec's project (${home})`,
    });
  });
  it("first where a setting points", async () => {
    const chosen = path.join(folder, "elsewhere");
    const home = await install(chosen);
    await install(folder);
    expect(findTfjsNode({ specFolder: folder, installFolder: chosen })?.folder).toBe(home);
    vi.stubEnv("KSPEC_TFJS_NODE", chosen);
    expect(findTfjsNode({ specFolder: folder })?.folder).toBe(home);
  });
  it("and not taken where its compiled part is missing", async () => {
    await install(folder, false);
    expect(findTfjsNode({ specFolder: folder })).toBeUndefined();
  });
});

const convnet = model(
  {
    input: block(
      ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
      "input_shape",
    ),
    conv: wired(
      block(({ tensor }: { tensor: T }) => {
        const conv = layers
          .conv2d({ filters: 4, kernelSize: 3, strides: 2, activation: "relu" })
          .apply(tensor);
        return layers
          .flatten()
          .apply(layers.dropout({ rate: 0.3 }).apply(layers.batchNormalization().apply(conv)));
      }, "tensor"),
      "input",
    ),
    output: wired(
      block(
        ({ tensor }: { tensor: T }) => layers.dense({ units: 3, activation: "softmax" }).apply(tensor),
        "tensor",
      ),
      "conv",
    ),
  },
  { fit_epochs: 3, fit_validation_split: 0.2 },
  { engine: TENSORFLOW_JS },
);

it("WebAssembly and native TensorFlow give the same history", async () => {
  const says = new Recorder();
  const result = await fitModel({ model: convnet, train: squares(100), seed: 3, specFolder: folder }, says);
  const tensors = tf.memory().numTensors;
  result.model!.dispose();
  expect(tensors - tf.memory().numTensors).toBe(8);
  expect(tf.memory().numTensors).toBe(0);
  expect(result.model!.backend.name).toBe(native ? "tensorflow" : "wasm");
  // As WebAssembly had it.
  const expected: Record<string, number>[] = [
    { loss: 1.78509, accuracy: 0.325, val_loss: 1.04018, val_accuracy: 0.45 },
    { loss: 1.0421, accuracy: 0.6, val_loss: 0.96959, val_accuracy: 0.65 },
    { loss: 0.67863, accuracy: 0.7, val_loss: 0.89512, val_accuracy: 0.8 },
  ];
  for (const [epoch, logs] of expected.entries())
    for (const [name, value] of Object.entries(logs))
      expect(says.logs[epoch]![name], `${name} of epoch ${epoch + 1}`).toBeCloseTo(value, 3);
  expect(says.logs).toHaveLength(expected.length);
});

it("starting adds no listener for uncaught errors", () => {
  for (const event of ["uncaughtException", "unhandledRejection"] as const)
    for (const listener of process.listeners(event as never))
      expect(String(listener)).not.toMatch(/ExitStatus|throw/);
});

it("ONNX Runtime trains where nobody says otherwise", async () => {
  expect(await chooseBackend("auto", { specFolder: folder })).toEqual({
    name: "onnxruntime",
    reason: `ONNX Runtime computes frozen bases and trains; what it has no form for runs on TensorFlow.js (${TENSORFLOW_JS}).`,
  });
});

it.skipIf(native)("without it and without native TensorFlow, WebAssembly computes and says why", async () => {
  vi.stubEnv("KSPEC_DEVICE", "none");
  const { name, reason } = await chooseBackend("auto", { specFolder: folder });
  vi.unstubAllEnvs();
  expect(name).toBe("wasm");
  expect(reason).toContain(
    "Frozen bases are computed so as well: KSPEC_DEVICE is none, which leaves ONNX Runtime out.",
  );
});

// Made by scripts/setup-tfjs-node.mjs; the other engine tests run on it too where KSPEC_TFJS_NODE is set.
it.runIf(native)("native TensorFlow is used where it is found, and keeps standard output clean", async () => {
  expect(await chooseBackend("tensorflow", { specFolder: folder })).toEqual({
    name: "tensorflow",
    reason: `TensorFlow's native library was found in the chosen folder ${native}.`,
  });
  const script = path.join(import.meta.dirname, "../../scripts/bundle-engine.mjs");
  const code = `const { bundleEngine } = await import(${JSON.stringify(script)});
    const { chooseBackend } = await bundleEngine('export { chooseBackend } from "./src/engine/index.ts"');
    console.log((await chooseBackend("tensorflow", { specFolder: "." })).name);`;
  expect(execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" })).toBe(
    "tensorflow\n",
  );
});

it("a model that ONNX Runtime trained leaves nothing behind, however often its weights were asked for", async () => {
  const says = new Recorder();
  says.onEpoch = async (_, model) => void (await model.predict(squares(5)));
  const job = {
    model: { ...convnet, engine: "native" as const },
    train: squares(100),
    seed: 3,
    specFolder: folder,
  };
  const before = tf.memory().numTensors;
  const { model } = await fitModel(job, says);
  expect(says.notes).toEqual([]);
  model!.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
