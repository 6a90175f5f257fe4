import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { beforeAll, expect, it } from "vitest";
import { bundle, kspec, project } from "../cli/kspec.ts";

const root = path.join(import.meta.dirname, "../..");
const run = promisify(execFile);

beforeAll(() => void bundle("cli.js"), 300_000);

/** A folder with a package `kspec`, as `npm install` leaves it, of what a script asks for: what this repository has built. */
function withPackage(): string {
  const folder = project("flowers.kspec.ts", "activation.ts", "flowers.csv");
  for (const file of ["package.json", "dist/results.js", "dist/results.d.ts"])
    fs.cpSync(path.join(root, file), path.join(folder, "node_modules/kspec", file));
  return folder;
}

it("a plain script reads what `kspec tune` has found", { timeout: 120_000 }, async () => {
  const folder = withPackage();
  fs.writeFileSync(
    path.join(folder, "mine.kspec.ts"),
    `import * as k from "kspec";
import { flowers } from "./flowers.kspec";
const wf = k.workflow({
  data: k.datasets.csv("flowers.csv", { test: 30 }),
  recipe: k.recipe("flower ~ petal + stem").step_normalize("petal", "stem"),
  model: flowers({ dense_units: k.tune(), learn_rate: 0.1, fit_epochs: 4 }),
  metrics: k.metric_set("accuracy"),
});
export const results = k.tune_grid(wf, {
  resamples: k.vfold_cv({ v: 3 }),
  grid: [{ dense_units: 4 }, { dense_units: 16 }],
  control: k.control_grid({ save_pred: true, workers: 1 }),
});
`,
  );
  const tuned = await kspec(["tune", "mine.kspec.ts", "--seed", "5"], folder);
  expect(tuned.stderr).toBe("");
  expect(tuned.code).toBe(0);
  fs.writeFileSync(
    path.join(folder, "script.mjs"),
    `import { accuracy, collect_metrics, collect_predictions, read_run, select_by_pct_loss } from "kspec/results";
const results = read_run();
const rows = collect_predictions(results);
const truth = Object.keys(rows[0]).find((column) => column === "flower");
const own = accuracy(rows, { truth, by: [".config", "id"] });
const mean = (config) => {
  const values = own.filter((row) => row[".config"] === config).map((row) => row[".estimate"]);
  return values.reduce((a, b) => a + b, 0) / values.length;
};
console.log(JSON.stringify({
  found: collect_metrics(results).map((row) => [row.dense_units, row.mean, mean(row[".config"])]),
  simple: select_by_pct_loss(results, "dense_units", { limit: 100 }).dense_units,
}));
`,
  );
  const { stdout } = await run(process.execPath, ["script.mjs"], { cwd: folder });
  const { found, simple } = JSON.parse(stdout) as { found: [number, number, number][]; simple: number };
  expect(found.map(([units]) => units)).toEqual([4, 16]);
  // What the tuning has measured is what a script makes of its predictions.
  for (const [, told, computed] of found) expect(computed).toBeCloseTo(told, 12);
  expect(simple).toBe(4);

  const required = await run(process.execPath, ["-p", "typeof require('kspec/results').read_run"], {
    cwd: folder,
  });
  expect(required.stdout.trim()).toBe("function");
});

it("a script in TypeScript finds the types", () => {
  const folder = withPackage();
  const file = path.join(folder, "script.mts");
  fs.writeFileSync(
    file,
    `import { collect_metrics, desc, metric_set, metrics, read_run, select_by_one_std_err, type ResultRow } from "kspec/results";
const rows: ResultRow[] = collect_metrics(read_run("last"));
export const best: string = select_by_one_std_err(read_run(), "dense_units", desc("rate"), { metric: "accuracy" })[".config"];
export const estimate: number | null = metrics(rows, { truth: "a", metrics: metric_set("accuracy") })[0]![".estimate"];
`,
  );
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
    skipLibCheck: false,
  });
  const complaints = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(complaints).toEqual([]);
});
