import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { MetricRow, RunEvent } from "../../src/protocol/index.ts";
import { readRun } from "../../src/runs/index.ts";
import { jsonLines, kspec, project, runsOf, start } from "./kspec.ts";

const FLOWERS = ["flowers.kspec.ts", "activation.ts", "flowers.csv"];

describe("kspec fit", () => {
  it("ends with the test metrics as fractions, and leaves a run that says the same", async () => {
    const folder = project(...FLOWERS);
    const { code, stdout, stderr } = await kspec(["fit", "flowers.kspec.ts", "--seed", "1"], folder);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("epoch 8 of 8 · loss ");
    const [run] = runsOf(folder);
    const metrics = JSON.parse(fs.readFileSync(path.join(run!, "metrics.json"), "utf8")) as MetricRow[];
    expect(metrics.map(Object.keys)).toEqual(
      metrics.map(() => [".metric", ".estimator", ".estimate", "set"]),
    );
    expect(metrics.map((row) => row[".metric"])).toEqual(["accuracy", "kap"]);
    expect(metrics.every(({ set }) => set === "test")).toBe(true);
    expect(metrics[0]![".estimate"]).toBeGreaterThan(0.8);
    expect(stdout.trimEnd().split("\n").slice(-2)).toEqual(
      metrics.map((row) => `${row[".metric"]} multiclass ${row[".estimate"]!.toFixed(3)}`),
    );
    expect(stdout).toContain(`The run is in .kspec/runs/${path.basename(run!)}`);
  });

  it("writes predictions with tidymodels' columns and the truth, from which accuracy can be counted", async () => {
    const folder = project(...FLOWERS);
    await kspec(["fit", "flowers.kspec.ts", "--seed", "1"], folder);
    const [run] = runsOf(folder);
    const [header, ...rows] = fs
      .readFileSync(path.join(run!, "predictions.csv"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    expect(header).toEqual([".pred_class", ".pred_daisy", ".pred_rose", ".pred_tulip", "flower"]);
    expect(rows).toHaveLength(30);
    for (const row of rows) expect(row.slice(1, 4).reduce((sum, p) => sum + Number(p), 0)).toBeCloseTo(1, 5);
    const [accuracy] = JSON.parse(fs.readFileSync(path.join(run!, "metrics.json"), "utf8")) as MetricRow[];
    const right = rows.filter((row) => row[0] === row[4]).length;
    expect(accuracy![".estimate"]).toBeCloseTo(right / 30, 10);
  });

  it("--json prints RunEvents and nothing else, the same that the run keeps", async () => {
    const folder = project(...FLOWERS);
    const { code, stdout } = await kspec(["fit", "flowers.kspec.ts", "--seed", "7", "--json"], folder);
    expect(code).toBe(0);
    const events = jsonLines(stdout);
    const [run] = runsOf(folder);
    expect(readRun(run!).events).toEqual(events);
    expect(events[0]).toMatchObject({
      type: "run_started",
      run: path.basename(run!),
      version: 1,
      spec: { file: path.join(folder, "flowers.kspec.ts"), workflow: "default", model: "flowers" },
      arguments: { dense_units: 12, fit_batch_size: 32 },
      seed: 7,
      backend: { name: expect.stringMatching(/^(onnxruntime|wasm|tensorflow)$/) as string },
      epochs: 8,
    });
    for (const { type, run: id, time } of events) {
      expect(type).toBeTypeOf("string");
      expect(id).toBe(path.basename(run!));
      expect(new Date(time).toISOString()).toBe(time);
    }
    const phases = events.flatMap((event) => (event.type === "phase_started" ? event.phase : []));
    expect(phases).toEqual(["load", "fit", "evaluate", "save"]);
    const epochs = events.filter((event) => event.type === "epoch_end");
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(Object.keys(epochs[0]!.logs)).toEqual(["loss", "accuracy", "val_loss", "val_accuracy"]);
    const sets = events.flatMap((event) => (event.type === "metrics" ? [[event.set, event.n]] : []));
    expect(sets).toEqual([
      ["validation", 18],
      ["test", 30],
    ]);
    const evaluation = events.find((event) => event.type === "evaluation");
    expect(evaluation?.levels).toEqual(["daisy", "rose", "tulip"]);
    expect(evaluation?.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(30);
    expect(events.at(-1)).toMatchObject({ type: "run_ended", status: "done", folder: run });
  });

  it("gives the same history for the same seed, and another for another", async () => {
    const folder = project(...FLOWERS);
    const history = async (seed: string) => {
      const { stdout } = await kspec(["fit", "flowers.kspec.ts", "--json", "--seed", seed], folder);
      return jsonLines(stdout).flatMap((event) => (event.type === "epoch_end" ? event.logs["loss"] : []));
    };
    const first = await history("5");
    expect(await history("5")).toEqual(first);
    expect(await history("6")).not.toEqual(first);
  });

  it("keeps a random seed, so that the fit can be done again, and knows the run before", async () => {
    const folder = project(...FLOWERS);
    const first = jsonLines((await kspec(["fit", "flowers.kspec.ts", "--json"], folder)).stdout);
    const second = jsonLines((await kspec(["fit", "flowers.kspec.ts", "--json"], folder)).stdout);
    const seeds = [first, second].map(([event]) => event?.type === "run_started" && event.seed);
    expect(seeds[0]).toBeTypeOf("number");
    expect(seeds[0]).not.toBe(seeds[1]);
    expect(second[0]).toMatchObject({
      previous: { run: first[0]!.run, metrics: [{ ".metric": "accuracy" }, {}] },
    });
    expect(first[0]).not.toHaveProperty("previous");
  });

  it("keeps the spec, its neighbours, the seed and the data's fingerprint in run.json", async () => {
    const folder = project(...FLOWERS);
    await kspec(["fit", "flowers.kspec.ts", "--seed", "3"], folder);
    const { record } = readRun(runsOf(folder)[0]!);
    expect(record?.spec.texts.map(({ path }) => path)).toEqual(["flowers.kspec.ts", "activation.ts"]);
    expect(record?.spec.texts[1]?.text).toContain('activation = "relu"');
    expect(record).toMatchObject({
      seed: 3,
      mode: "classification",
      data: { rows: { train: 90, validation: 0, test: 30 }, fingerprint: expect.any(String) as string },
      versions: { kspec: expect.any(String) as string, node: process.versions.node },
    });
  });

  it("fits a regression, and the workflow that is named where there are several", async () => {
    const folder = project("height.kspec.ts", "flowers.csv");
    const unnamed = await kspec(["fit", "height.kspec.ts"], folder);
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toBe(
      'kspec: The spec exports several workflows: "quick" and "quicker". Name one with --workflow, or make one the default export.\n',
    );
    const { code, stdout } = await kspec(
      ["fit", "height.kspec.ts", "--workflow", "quick", "--seed", "1"],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").slice(-3)).toEqual([
      expect.stringMatching(/^rmse standard [\d.]+$/),
      expect.stringMatching(/^rsq standard 0\.9\d\d$/),
      expect.stringMatching(/^mae standard [\d.]+$/),
    ]);
    const run = runsOf(folder)[0]!;
    expect(path.basename(run)).toContain("-quick-");
    expect(fs.readFileSync(path.join(run, "predictions.csv"), "utf8")).toMatch(/^\.pred,height\n/);
  });

  it("tells no epochs when fit_verbose is 0, and keeps them all the same", async () => {
    const folder = project(...FLOWERS);
    const spec = path.join(folder, "flowers.kspec.ts");
    fs.writeFileSync(
      spec,
      fs.readFileSync(spec, "utf8").replace("fit_epochs:", "fit_verbose: 0, fit_epochs:"),
    );
    const { code, stdout } = await kspec(["fit", "flowers.kspec.ts"], folder);
    expect(code).toBe(0);
    expect(stdout).not.toContain("epoch 1 of");
    expect(readRun(runsOf(folder)[0]!).events.filter(({ type }) => type === "epoch_end")).toHaveLength(8);
  });

  it("keeps runs where --runs says", async () => {
    const folder = project(...FLOWERS);
    await kspec(["fit", "flowers.kspec.ts", "--runs", "elsewhere"], folder);
    expect(runsOf(folder)).toEqual([]);
    expect(fs.readdirSync(path.join(folder, "elsewhere"))).toHaveLength(1);
  });
});

describe("a fit that fails", () => {
  it("names the block that does not fit, and its line", async () => {
    const folder = project(...FLOWERS);
    const spec = path.join(folder, "flowers.kspec.ts");
    const text = fs.readFileSync(spec, "utf8");
    fs.writeFileSync(
      spec,
      text.replace("layers.dense({ units, activation })", "layers.conv2d({ filters: units, kernelSize: 3 })"),
    );
    const { code, stdout } = await kspec(["fit", "flowers.kspec.ts", "--json"], folder);
    expect(code).toBe(1);
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      type: "run_ended",
      status: "failed",
      error: {
        message: expect.stringMatching(/^Block "dense": Conv2D needs an image input/) as string,
        place: { file: spec, range: { start: { line: 24, character: 4 }, end: { line: 24, character: 9 } } },
      },
      kept: "Nothing is kept: no epoch was finished.",
    });
    const told = await kspec(["fit", "flowers.kspec.ts"], folder);
    expect(told.stderr).toMatch(/^kspec: flowers\.kspec\.ts:25: Block "dense": /);
  });

  it("names the line where a block throws", async () => {
    const folder = project(...FLOWERS);
    const spec = path.join(folder, "flowers.kspec.ts");
    const text = fs.readFileSync(spec, "utf8");
    fs.writeFileSync(
      spec,
      text.replace(
        "  layers.dense({ units, activation })",
        "  layers.dense({ units, activation: activation.missing.deep })",
      ),
    );
    const { stdout } = await kspec(["fit", "flowers.kspec.ts", "--json"], folder);
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      status: "failed",
      error: {
        message: expect.stringContaining('Block "dense"') as string,
        place: { range: { start: { line: 16 } } },
      },
    });
  });

  it("computes custom losses and metrics with ops, from the spec's own copy of kspec", async () => {
    const folder = project("height.kspec.ts", "flowers.csv");
    const spec = path.join(folder, "height.kspec.ts");
    const text = fs
      .readFileSync(spec, "utf8")
      .replace('} from "kspec";', '  ops,\n  type NumericTensor,\n} from "kspec";')
      .replace("fit_epochs: 10", "fit_epochs: 2, compile_loss: twice, compile_metrics: [twice]");
    fs.writeFileSync(
      spec,
      text +
        "\nfunction twice(truth: NumericTensor, estimate: NumericTensor) {\n  return ops.mul(ops.mean(ops.abs(ops.sub(truth, estimate)), -1), 2);\n}\n",
    );
    const { code, stdout, stderr } = await kspec(
      ["fit", "height.kspec.ts", "--workflow", "quick", "--json"],
      folder,
    );
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const events = jsonLines(stdout);
    expect(events[0]).toMatchObject({ arguments: { compile_loss: "function twice" } });
    const logs = events.find((event) => event.type === "epoch_end")!.logs;
    expect(Object.keys(logs)).toEqual(["loss", "twice"]);
    expect(logs["twice"]).toBeCloseTo(logs["loss"]!, 4);
  });
});

describe("stopping a fit", () => {
  it("Ctrl-C keeps the last finished epoch, which predicts", async () => {
    const folder = project("long.kspec.ts", ...FLOWERS);
    const fit = start(["fit", "long.kspec.ts"], folder);
    await vi.waitFor(() => expect(fit.printed.stdout).toContain("epoch 3 of"), {
      timeout: 30_000,
      interval: 20,
    });
    const from = Date.now();
    fit.child.kill("SIGINT");
    const { code, stdout, stderr } = await fit.ended;
    expect(Date.now() - from).toBeLessThan(3000);
    expect(code).toBe(1);
    expect(stderr).toContain("Stopping; the last finished epoch is kept.");
    expect(stdout).toMatch(/The fit was stopped\.\nThe model of epoch \d+ is kept\./);
    const run = readRun(runsOf(folder)[0]!);
    expect(run.status).toBe("cancelled");
    expect((await kspec(["predict", "last", "flowers.csv"], folder)).stdout).toContain(".pred_class");
  });

  it("Ctrl-C while the frozen base is computed says what lies in the cache", async () => {
    const folder = project();
    const example = path.join(import.meta.dirname, "../../examples/digits_transfer.kspec.ts");
    const many = "datasets.digits({ train: 9000, test: 500 })";
    const text = fs.readFileSync(example, "utf8").replace(/datasets\.digits\([^)]*\)/, many);
    fs.writeFileSync(path.join(folder, "digits.kspec.ts"), text);
    const cache = { KSPEC_CACHE: path.join(folder, "cache") };
    const fit = start(["fit", "digits.kspec.ts", "--json"], folder, cache);
    await vi.waitFor(() => expect(fit.printed.stdout).toMatch(/"phase":"features","done":[1-9]/), {
      timeout: 30_000,
      interval: 5,
    });
    fit.child.kill("SIGINT");
    const ended = jsonLines((await fit.ended).stdout).at(-1);
    expect(ended).toMatchObject({ type: "run_ended", status: "cancelled" });
    expect((ended as { kept?: string }).kept).toMatch(
      /^No epoch was finished\. [\d,]+ rows have their features in the cache: the next fit goes on from there\.$/,
    );
  });

  it("a cancel file in the run's folder does the same, from any process", async () => {
    const folder = project("long.kspec.ts", ...FLOWERS);
    const fit = start(["fit", "long.kspec.ts", "--json"], folder);
    await vi.waitFor(() => expect(fit.printed.stdout).toContain('"epoch_end"'), {
      timeout: 30_000,
      interval: 20,
    });
    fs.writeFileSync(path.join(runsOf(folder)[0]!, "cancel"), "");
    const { code, stdout } = await fit.ended;
    expect(code).toBe(1);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ type: "run_ended", status: "cancelled" });
  });

  it("SIGKILL leaves a run that can be read, and its last model predicts", async () => {
    const folder = project("long.kspec.ts", ...FLOWERS);
    const fit = start(["fit", "long.kspec.ts"], folder);
    await vi.waitFor(() => expect(fit.printed.stdout).toContain("epoch 5 of"), {
      timeout: 30_000,
      interval: 20,
    });
    fit.child.kill("SIGKILL");
    await fit.ended;
    const run = readRun(runsOf(folder)[0]!);
    expect(run.status).toBe("lost");
    expect(run.events.filter(({ type }) => type === "epoch_end").length).toBeGreaterThanOrEqual(5);
    const listed = jsonLines<{ status: string }>((await kspec(["runs", "--json"], folder)).stdout);
    expect(listed).toMatchObject([{ status: "lost", workflow: "default" }]);
    const { code, stdout } = await kspec(["predict", "last", "flowers.csv"], folder);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(121);
  });

  it("a spec that loops for ever while it loads is ended by Ctrl-C, and there is no run", async () => {
    const folder = project("forever.kspec.ts");
    const fit = start(["fit", "forever.kspec.ts"], folder);
    await vi.waitFor(() => expect(fit.printed.stderr).toContain("looping"), {
      timeout: 30_000,
      interval: 20,
    });
    fit.child.kill("SIGINT");
    expect((await fit.ended).signal).toBe("SIGINT");
    expect(runsOf(folder)).toEqual([]);
  });

  it("two fits at once keep out of each other's way", async () => {
    const folder = project(...FLOWERS);
    const both = await Promise.all(
      [1, 2].map(() => kspec(["fit", "flowers.kspec.ts", "--seed", "4", "--json"], folder)),
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(runsOf(folder)).toHaveLength(2);
    const losses = both.map(({ stdout }) =>
      jsonLines(stdout).flatMap((event) => (event.type === "epoch_end" ? event.logs["loss"] : [])),
    );
    expect(losses[0]).toEqual(losses[1]);
    for (const run of runsOf(folder)) expect(readRun(run)).toMatchObject({ status: "done", notes: [] });
  });
});

describe("a spec with errors is refused: exit code 2, the user's own line, no run", () => {
  it.each([
    [
      "empty.kspec.ts",
      "nothing-to-run",
      "empty.kspec.ts:1:1 error nothing-to-run: This file exports nothing",
    ],
    [
      "throws.kspec.ts",
      "load-error",
      "throws.kspec.ts:4:31 error load-error: Loading the spec stops here with TypeError",
    ],
    [
      "wrong.kspec.ts",
      "unknown-upstream",
      'wrong.kspec.ts:10:36 error unknown-upstream: No block is named "inptu".',
    ],
    ["half.kspec.ts", "load-error", "half.kspec.ts:21:24 error load-error"],
    [
      "hidden.kspec.ts",
      "unknown-upstream",
      'hidden.kspec.ts:10:15 error unknown-upstream: No block is named "inptu".',
    ],
    [
      "alone.kspec.ts",
      "nothing-to-run",
      'alone.kspec.ts:1:1 error nothing-to-run: "flowers" alone cannot be fitted.',
    ],
    ["circle-a.kspec.ts", "circular-import", "circle-b.ts:3:27 error circular-import"],
  ])("%s: %s", async (file, code, told) => {
    const folder = project(file, "circle-b.ts", ...FLOWERS);
    const ended = await kspec(["fit", file], folder);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toContain(told);
    expect(ended.stdout + ended.stderr).not.toMatch(/\n\s+at /);
    expect(runsOf(folder)).toEqual([]);
    const json = await kspec(["fit", file, "--json"], folder);
    expect(json.code).toBe(2);
    expect(jsonLines<RunEvent>(json.stdout)).toMatchObject([
      { type: "problem", severity: "error", code, run: "" },
    ]);
  });

  it("half a file, cut anywhere, is told and never a crash", async () => {
    const folder = project(...FLOWERS);
    const text = fs.readFileSync(path.join(folder, "flowers.kspec.ts"), "utf8");
    for (const share of [0.3, 0.62, 0.9]) {
      fs.writeFileSync(path.join(folder, "cut.kspec.ts"), text.slice(0, text.length * share));
      const { code, stdout, stderr } = await kspec(["fit", "cut.kspec.ts"], folder);
      expect(code).toBe(2);
      expect(stdout + stderr).toMatch(/cut\.kspec\.ts:\d+:\d+ error /);
      expect(stderr).not.toContain("inside KSpec");
    }
  });
});
