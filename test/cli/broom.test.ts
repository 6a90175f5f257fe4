import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { jsonLines, kspec, project, runsOf } from "./kspec.ts";

const FLOWERS = ["flowers.kspec.ts", "activation.ts", "flowers.csv"];

describe("kspec tidy, glance, augment and evaluate --keras", () => {
  it("a classification", async () => {
    const folder = project(...FLOWERS);
    await kspec(["fit", "flowers.kspec.ts", "--seed", "1"], folder);

    expect(jsonLines((await kspec(["tidy", "last", "--json"], folder)).stdout)).toEqual([
      { layer: "input", class: "InputLayer", n_params: 0 },
      { layer: "dense", class: "Dense", n_params: 60 },
      { layer: "output", class: "Dense", n_params: 39 },
    ]);
    expect((await kspec(["tidy", "last"], folder)).stdout).toMatch(
      /^input +InputLayer +0\ndense +Dense +60\noutput +Dense +39\n3 layers, 99 parameters\n$/,
    );

    const [glance] = jsonLines<Record<string, number>>(
      (await kspec(["glance", "last", "--json"], folder)).stdout,
    );
    expect(Object.keys(glance!)).toEqual(["loss", "accuracy", "val_loss", "val_accuracy"]);

    // Predictions first; a column of the data that has a prediction's name gives way.
    const augmented = (await kspec(["augment", "last", "flowers.csv"], folder)).stdout.split("\n");
    expect(augmented[0]).toBe(
      ".pred_class,.pred_daisy,.pred_rose,.pred_tulip,petal,stem,colour,flower,height",
    );
    expect(augmented).toHaveLength(122);
  });

  it("the loss on the validation rows is what the log said of them", async () => {
    const folder = project(...FLOWERS);
    const lines = fs.readFileSync(path.join(folder, "flowers.csv"), "utf8").trimEnd().split("\n");
    // No test rows, so that the last fifth is known: 24 of 120.
    const spec = path.join(folder, "flowers.kspec.ts");
    const text = fs.readFileSync(spec, "utf8");
    fs.writeFileSync(
      spec,
      text
        .replace('datasets.csv("flowers.csv", { test: 0.25, seed: 3 })', 'datasets.csv("flowers.csv")')
        .replace("fit_epochs: 8,", 'fit_epochs: 2, compile_metrics: ["accuracy", "auc"],'),
    );
    await kspec(["fit", "flowers.kspec.ts", "--seed", "1"], folder);
    fs.writeFileSync(path.join(folder, "held.csv"), [lines[0], ...lines.slice(1 + 96)].join("\n"));
    const [glance] = jsonLines<Record<string, number>>(
      (await kspec(["glance", "last", "--json"], folder)).stdout,
    );
    const [values] = jsonLines<Record<string, number>>(
      (await kspec(["evaluate", "last", "held.csv", "--keras", "--json"], folder)).stdout,
    );
    expect(Object.keys(values!)).toEqual(["loss", "accuracy", "auc"]);
    for (const name of ["loss", "accuracy", "auc"])
      expect(values![name]).toBeCloseTo(glance![`val_${name}`]!, 5);
  });

  it("residuals of a regression whose truth is there", async () => {
    const folder = project("height.kspec.ts", "flowers.csv");
    await kspec(["fit", "height.kspec.ts", "--workflow", "quick", "--seed", "1"], folder);
    const rows = jsonLines<Record<string, number | string>>(
      (await kspec(["augment", "last", "flowers.csv", "--json"], folder)).stdout,
    );
    expect(Object.keys(rows[0]!).slice(0, 2)).toEqual([".pred", ".resid"]);
    for (const row of rows)
      expect(row[".resid"]).toBeCloseTo(Number(row["height"]) - Number(row[".pred"]), 3);
    fs.writeFileSync(path.join(folder, "new.csv"), "petal,stem\n1,2\n");
    expect((await kspec(["augment", "last", "new.csv"], folder)).stdout).toMatch(/^\.pred,petal,stem\n/);
    // The input layer that a sequential network's first layer brings with it is not counted.
    expect((await kspec(["tidy", "last"], folder)).stdout).toMatch(
      /Dense +24\n.*Dense +9\n2 layers, 33 parameters\n$/,
    );
  });

  it("what there is not is said", async () => {
    const folder = project(...FLOWERS);
    const empty = ".kspec/runs/2026-11-24-101010-empty-aa";
    fs.mkdirSync(path.join(folder, empty), { recursive: true });
    fs.writeFileSync(
      path.join(folder, empty, "run.json"),
      '{ "version": 1, "run": "2026-11-24-101010-empty-aa" }',
    );
    const none = await kspec(["tidy", empty], folder);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain("has no network: it ended before one was built");
    expect((await kspec(["glance", empty], folder)).stdout).toBe("No epoch has ended.\n");
    const spec = path.join(folder, "flowers.kspec.ts");
    fs.writeFileSync(
      spec,
      fs
        .readFileSync(spec, "utf8")
        .replace("fit_epochs: 8,", "fit_epochs: 1, compile_loss: (t, e) => t.sub(e).square().mean(-1),"),
    );
    await kspec(["fit", "flowers.kspec.ts"], folder);
    const custom = await kspec(["evaluate", runsOf(folder).at(-1)!, "flowers.csv", "--keras"], folder);
    expect(custom.stderr).toMatch(
      /compile_loss of flowers is the function .* of its spec, and a run keeps no functions/,
    );
  });
});
