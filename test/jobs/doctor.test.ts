import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { advise } from "../../src/jobs/doctor/advice.ts";
import { VARIABLES, variablesInForce } from "../../src/jobs/doctor/variables.ts";
import { findWeights } from "../../src/jobs/doctor/weights.ts";
import { canTrain, doctor, type Diagnosis } from "../../src/jobs/index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-doctor-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** A computer where all is well, but for what a test says. */
function computer(engines: Partial<Diagnosis["engines"]> = {}, features: object = {}): Diagnosis {
  return {
    kspec: "0.1.0",
    computer: {
      node: "20.20.2",
      platform: "linux-x64",
      system: "Linux 6",
      processor: "one",
      cores: 2,
      memory: 8e9,
      free_memory: 4e9,
    },
    engines: {
      onnxruntime: {
        loads: true,
        reason: null,
        version: "1.30.0",
        threads: 2,
        device: "auto",
        has_device: true,
        devices: ["cpu"],
      },
      tensorflow: {
        found: true,
        where: "in the spec's project (here)",
        folder: "here",
        loads: true,
        reason: null,
        version: "4.22.0",
        library: "2.9.1",
      },
      wasm: { simd: true, threads: 1 },
      auto: { trains: "tensorflow", bases: "onnxruntime", reason: "It was found." },
      ...engines,
    },
    caches: {
      features: { folder: "f", bases: 1, entries: 10, bytes: 1e6, limit: 20e9, ...features },
      problem: null,
      folder: "c",
      files: [],
      installed: { folder: "d", tensorflow: 0 },
      keras: "k",
    },
    weights: [],
    variables: [],
    advice: [],
  };
}
const codes = (found: Diagnosis) => advise(found).map(({ code }) => code);

it("advises nothing where all is well", () => {
  expect(codes(computer())).toEqual([]);
});

it("says how training gets faster where WebAssembly trains and native TensorFlow can be had", () => {
  const { tensorflow } = computer().engines;
  const without = computer({
    tensorflow: { ...tensorflow, found: false, loads: false, where: null, folder: null },
    auto: { trains: "wasm", bases: "onnxruntime", reason: "None was found." },
  });
  expect(codes(without)).toEqual(["train-native"]);
  expect(advise(without)[0]!.message).toContain("kspec install-tensorflow");
});

it("names a native TensorFlow that does not load", () => {
  const broken = {
    ...computer().engines.tensorflow,
    loads: false,
    reason: "it does not compute: wrong ELF class",
  };
  const found = computer({
    tensorflow: broken,
    auto: { trains: null, bases: null, reason: "It does not load." },
  });
  expect(codes(found)).toEqual(["tensorflow-broken"]);
  expect(canTrain(found)).toBe(false);
});

it("says when a device is not in this build, or ONNX Runtime is left out", () => {
  const { onnxruntime } = computer().engines;
  expect(codes(computer({ onnxruntime: { ...onnxruntime, device: "cuda", has_device: false } }))).toEqual([
    "device-missing",
  ]);
  const off = {
    ...onnxruntime,
    loads: false,
    device: "none",
    has_device: false,
    reason: "KSPEC_DEVICE is none.",
  };
  expect(codes(computer({ onnxruntime: off }))).toEqual(["onnxruntime-off"]);
});

it("says when the feature cache keeps nothing, or is nearly full", () => {
  expect(codes(computer({}, { limit: 0, bytes: 0 }))).toEqual(["cache-off"]);
  expect(codes(computer({}, { limit: 1e6, bytes: 0.95e6 }))).toEqual(["cache-full"]);
  expect(codes(computer({}, { limit: null }))).toEqual([]);
});

it("finds weights by Keras's names: in its folder, in mirrors, and kept from a mirror's address", async () => {
  const mirror = path.join(folder, "mirror");
  vi.stubEnv("KERAS_HOME", path.join(folder, "keras"));
  vi.stubEnv("KSPEC_MIRROR", `${mirror};https://mirror.example/keras`);
  vi.stubEnv("KSPEC_CACHE", path.join(folder, "cache"));
  const top = "resnet50_weights_tf_dim_ordering_tf_kernels.h5";
  const small = "mobilenet_2_5_128_tf_no_top.h5";
  for (const [place, name] of [
    [path.join(folder, "keras/models"), top],
    [path.join(folder, "keras/models"), "my own notes.h5"],
    [path.join(mirror, "models"), small],
  ] as const) {
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, name), "weights");
  }
  expect(await findWeights()).toEqual([
    {
      application: "resnet50",
      top: true,
      file: path.join(folder, "keras/models", top),
      from: "keras",
      bytes: 7,
    },
    {
      application: "mobilenet",
      top: false,
      file: path.join(mirror, "models", small),
      from: mirror,
      bytes: 7,
    },
  ]);
});

it("lists the variables that are set, all of which docs/cli.md describes", () => {
  expect(variablesInForce({ KSPEC_DEVICE: "cpu", KSPEC_CACHE: "", HOME: "/home/ada" })).toEqual([
    { name: "KSPEC_DEVICE", value: "cpu", setting: "kspec.device" },
  ]);
  const page = readFileSync(path.join(import.meta.dirname, "../../docs/cli.md"), "utf8");
  const described = [...page.matchAll(/^\| `((?:KSPEC|KERAS)_\w+)[^|]*` *\|/gm)].map(([, name]) => name);
  expect(described.sort()).toEqual(Object.keys(VARIABLES).sort());
});

it("examines this computer: what is chosen is what a fit would choose", async () => {
  const found = await doctor(folder);
  expect(canTrain(found)).toBe(true);
  expect(found.engines.onnxruntime).toMatchObject({ loads: true, device: "auto", has_device: true });
  expect(found.engines.onnxruntime.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(found.engines.wasm.simd).toBe(true);
  expect(found.engines.auto.reason).not.toBe("");
  expect(found.computer.node).toBe(process.versions.node);
});
