import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadRuntime } from "../../src/engine/native/runtime.ts";
import type { ExportedModel } from "../../src/jobs/index.ts";
import { jsonLines, kspec, project, start } from "./kspec.ts";

const FLOWERS = ["flowers.kspec.ts", "activation.ts", "flowers.csv"];
const NEW = { petal: [1.2, 5.9, 3.3], stem: [4.8, 2.1, 3.9], colour: ["white", "red", "yellow"] };

/** What `kspec predict` says of the new flowers: three probabilities a row. */
async function predicted(folder: string): Promise<number[]> {
  const rows = NEW.petal.map((petal, i) => `${petal},${NEW.stem[i]},${NEW.colour[i]}`);
  fs.writeFileSync(path.join(folder, "new.csv"), ["petal,stem,colour", ...rows, ""].join("\n"));
  const { stdout } = await kspec(["predict", "last", "new.csv", "--json"], folder);
  return jsonLines<Record<string, number>>(stdout).flatMap((row) => [
    row[".pred_daisy"]!,
    row[".pred_rose"]!,
    row[".pred_tulip"]!,
  ]);
}

/** The new flowers as the recipe beside an exported model makes them: petal and stem normalized, colour as dummies. */
function preparedRows(folder: string): number[][] {
  const { recipe } = JSON.parse(fs.readFileSync(path.join(folder, "recipe.json"), "utf8")) as {
    recipe: { steps: { step: string; learnt: Record<string, never> }[] };
  };
  const learnt = (step: string) => recipe.steps.find((one) => one.step === step)!.learnt;
  const moments = learnt("normalize") as Record<string, { mean: number; sd: number }>;
  const { colour } = learnt("dummy") as Record<"colour", string[]>;
  const normal = (name: "petal" | "stem", value: number) => (value - moments[name]!.mean) / moments[name]!.sd;
  return NEW.petal.map((petal, i) => [
    normal("petal", petal),
    normal("stem", NEW.stem[i]!),
    ...colour.slice(1).map((level) => (level === NEW.colour[i] ? 1 : 0)),
  ]);
}

/** What TensorFlow.js by itself, in a process that knows nothing of KSpec, makes of rows of a matrix. */
function inTensorFlowJs(folder: string, rows: number[][]): number[] {
  const script = `
    const fs = require("node:fs");
    const tf = { ...require("@tensorflow/tfjs-core"), ...require("@tensorflow/tfjs-layers") };
    require("@tensorflow/tfjs-backend-cpu");
    const model = JSON.parse(fs.readFileSync("model.json", "utf8"));
    const weights = model.weightsManifest.flatMap((group) => group.paths).map((file) => fs.readFileSync(file));
    const load = () => ({
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
      weightData: Uint8Array.from(Buffer.concat(weights)).buffer,
    });
    tf.loadLayersModel({ load }).then((loaded) =>
      console.log(JSON.stringify([...loaded.predict(tf.tensor(${JSON.stringify(rows)})).dataSync()])));`;
  const env = { ...process.env, NODE_PATH: path.join(import.meta.dirname, "../../node_modules") };
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as number[];
  } catch {
    throw new Error(stderr);
  }
}

/** A project with one fitted run. */
async function fitted(): Promise<string> {
  const folder = project(...FLOWERS);
  expect((await kspec(["fit", "flowers.kspec.ts", "--seed", "1"], folder)).code).toBe(0);
  return folder;
}

describe("kspec export", () => {
  it("--to onnx: one file that says what it takes and gives, and gives what predict does", async () => {
    const folder = await fitted();
    const { code, stdout } = await kspec(["export", "last", "--to", "onnx"], folder);
    expect(code).toBe(0);
    expect(stdout.replace(/[\d.]+ kB/, "… kB").replace(/\de-\d+/, "…")).toBe(
      [
        "Wrote flowers.onnx (… kB).",
        "  takes petal: float64 [rows, 1]",
        "  takes stem: float64 [rows, 1]",
        "  takes colour: string [rows, 1]",
        "  gives flower: probabilities of daisy, rose, tulip",
        "  gives flower_class: the likeliest of them, as text",
        "ONNX Runtime gives what the model gives (largest difference …).",
        "",
      ].join("\n"),
    );

    const expected = await predicted(folder);
    const runtime = await loadRuntime();
    if (!runtime.available) throw new Error(runtime.reason);
    const { InferenceSession, Tensor } = runtime.ort;
    const session = await InferenceSession.create(fs.readFileSync(path.join(folder, "flowers.onnx")));
    const results = await session.run({
      petal: new Tensor("float64", NEW.petal, [3, 1]),
      stem: new Tensor("float64", NEW.stem, [3, 1]),
      colour: new Tensor("string", NEW.colour, [3, 1]),
    });
    const given = [...(results["flower"]!.data as Float32Array)];
    for (const [i, probability] of expected.entries()) expect(given[i]).toBeCloseTo(probability, 5);
    const likeliest = [0, 3, 6].map((at) => {
      const own = expected.slice(at, at + 3);
      return ["daisy", "rose", "tulip"][own.indexOf(Math.max(...own))];
    });
    expect(results["flower_class"]!.data).toEqual(likeliest);
    await session.release();
  });

  it("writes over nothing without --force, and leaves nothing half", async () => {
    const folder = await fitted();
    fs.writeFileSync(path.join(folder, "a.onnx"), "mine");
    const refused = await kspec(["export", "last", "--to", "onnx", "--out", "a.onnx"], folder);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("a.onnx is there already. Choose another name with --out");
    expect(fs.readFileSync(path.join(folder, "a.onnx"), "utf8")).toBe("mine");

    const forced = await kspec(
      ["export", "last", "--to", "onnx", "--out", "a.onnx", "--force", "--json"],
      folder,
    );
    const [line] = jsonLines<ExportedModel>(forced.stdout);
    expect(line).toMatchObject({ file: path.join(folder, "a.onnx"), format: "onnx" });
    expect(fs.statSync(path.join(folder, "a.onnx")).size).toBe(line!.bytes);
    expect(fs.readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("--to tfjs: a folder with the model and how to use it; no folder of anything else is replaced", async () => {
    const folder = await fitted();
    const { code, stdout } = await kspec(["export", "last", "--to", "tfjs"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Wrote flowers_tfjs \([\d.]+ kB\)\.\n$/);
    const made = fs.readdirSync(path.join(folder, "flowers_tfjs")).sort();
    expect(made).toEqual([
      "README.md",
      "model.json",
      "recipe.json",
      expect.stringMatching(/^trained-.*\.bin$/),
    ]);
    expect(fs.readFileSync(path.join(folder, "flowers_tfjs/README.md"), "utf8")).toContain(
      "`flower`: `daisy`, `rose`, `tulip`, in this order.",
    );
    const given = inTensorFlowJs(
      path.join(folder, "flowers_tfjs"),
      preparedRows(path.join(folder, "flowers_tfjs")),
    );
    for (const [i, probability] of (await predicted(folder)).entries())
      expect(given[i]).toBeCloseTo(probability, 5);
    expect((await kspec(["export", "last", "--to", "tfjs"], folder)).code).toBe(2);
    expect((await kspec(["export", "last", "--to", "tfjs", "--force"], folder)).code).toBe(0);

    fs.mkdirSync(path.join(folder, "mine"));
    const other = await kspec(["export", "last", "--to", "tfjs", "--out", "mine", "--force"], folder);
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain("is no exported model");
  });

  it("takes the last epoch's model of a run that goes on", async () => {
    const folder = project("long.kspec.ts", ...FLOWERS);
    const fit = start(["fit", "long.kspec.ts", "--json"], folder);
    while ((fit.printed.stdout.match(/"epoch_end"/g) ?? []).length < 2)
      await new Promise((resolve) => setTimeout(resolve, 20));
    for (const to of ["onnx", "tfjs"]) {
      const { code, stderr } = await kspec(["export", "last", "--to", to, "--out", `model.${to}`], folder);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
    expect(fit.child.exitCode).toBeNull();
    expect(fs.readdirSync(folder).filter((name) => name.includes(".part"))).toEqual([]);
  });

  it("says what is wrong with a format, a place and a run", async () => {
    const folder = project();
    const told = async (...args: string[]) => (await kspec(["export", ...args], folder)).stderr;
    expect(await told("last", "--to", "keras")).toContain("comes with a later version of KSpec");
    expect(await told("last", "--to", "pmml")).toContain("It must be onnx or tfjs.");
    expect(await told("last")).toContain("required option '--to <format>'");
    expect(await told("last", "--to", "onnx")).toContain("There are no runs in");
    const run = path.join(folder, ".kspec/runs/empty");
    fs.mkdirSync(run, { recursive: true });
    fs.writeFileSync(
      path.join(run, "run.json"),
      JSON.stringify({ version: 1, run: "empty", spec: { file: "a", workflow: "default", model: "m" } }),
    );
    expect(await told(run, "--to", "onnx")).toContain("has no model: it ended before its first epoch did");
    fs.mkdirSync(path.join(run, "model"));
    fs.writeFileSync(path.join(run, "model/recipe.json"), "{}");
    expect(await told(run, "--to", "onnx")).toContain("has no model yet: its first epoch has not ended");
  });
});
