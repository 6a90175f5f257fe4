import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import type { Diagnosis } from "../../src/jobs/index.ts";
import { jsonLines, kspec, project } from "./kspec.ts";

/** As one line, since long ones are wrapped. */
const flat = (text: string) => text.replace(/\s+/g, " ");

it("kspec doctor says what computes, where files are, and what would be better", async () => {
  const folder = project();
  const { stdout, stderr, code } = await kspec(["doctor"], folder, {
    KSPEC_CACHE: folder,
    KSPEC_TFJS_NODE: "",
  });
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toMatch(/^ {2}ONNX Runtime {7}\d+\.\d+\.\d+, \d+ threads?, device auto$/m);
  expect(stdout).toContain(`in ${path.join(folder, "features")}`);
  expect(stdout).toMatch(/^ {2}KSPEC_CACHE +\S+ {2}\(setting kspec.cache.folder\)$/m);
  expect(stdout).toContain("What would be better");
});

it("kspec doctor --json says the same as one object", async () => {
  const folder = project();
  const { stdout } = await kspec(["doctor", "--json"], folder, { KSPEC_DEVICE: "none" });
  const [found, ...more] = jsonLines<Diagnosis>(stdout);
  expect(more).toEqual([]);
  expect(Object.keys(found!)).toEqual([
    "kspec",
    "computer",
    "engines",
    "caches",
    "weights",
    "variables",
    "advice",
  ]);
  expect(found!.engines.onnxruntime).toMatchObject({ loads: false, device: "none" });
  expect(found!.variables).toContainEqual({ name: "KSPEC_DEVICE", value: "none", setting: "kspec.device" });
});

it("a native TensorFlow that does not load is named", async () => {
  const folder = project();
  const home = path.join(folder, "node_modules/@tensorflow/tfjs-node");
  mkdirSync(path.join(home, "lib"), { recursive: true });
  writeFileSync(path.join(home, "package.json"), "{}");
  writeFileSync(
    path.join(home, "index.js"),
    'throw new Error("libtensorflow.so.2: cannot open shared object file");',
  );
  const { stdout } = await kspec(["doctor"], folder, { KSPEC_TFJS_NODE: "" });
  expect(stdout).toContain("does not load: ");
  expect(flat(stdout)).toContain("libtensorflow.so.2: cannot open shared object file");
  expect(flat(stdout)).toContain(
    `Native TensorFlow in ${home} does not load. Install it anew there, or remove it`,
  );
});

it("an unknown device is named, and nothing is hidden behind it", async () => {
  const { stdout, code } = await kspec(["doctor"], project(), { KSPEC_DEVICE: "gpu" });
  expect(flat(stdout)).toContain('KSPEC_DEVICE (the setting kspec.device) is "gpu". It can be auto, cpu,');
  expect(stdout).toContain("Training  nothing can train: KSPEC_DEVICE");
  expect(code).toBe(1);
});
