import fs from "node:fs";
import path from "node:path";
import { reduceAll, type TuningState } from "../../src/protocol/index.ts";
import { readRun } from "../../src/runs/index.ts";
import { project } from "./kspec.ts";

const FLOWERS = ["flowers.kspec.ts", "activation.ts", "flowers.csv"];

/** A project with a spec that tunes the network of flowers. */
export function tuning(
  exports: string,
  model = "dense_units: tune(), learn_rate: tune(), fit_epochs: 6",
): string {
  const folder = project(...FLOWERS);
  fs.writeFileSync(
    path.join(folder, "mine.kspec.ts"),
    `import * as k from "kspec";
import { flowers } from "./flowers.kspec";
const { tune, tune_grid, vfold_cv } = k;
const wf = k.workflow({
  data: k.datasets.csv("flowers.csv", { test: 30 }),
  recipe: k.recipe("flower ~ petal + stem").step_normalize("petal", "stem"),
  model: flowers({ ${model} }),
  metrics: k.metric_set("accuracy", "mn_log_loss"),
});
${exports}
`,
  );
  return folder;
}

const GRID = `grid: [
  { dense_units: 4, learn_rate: 0.01 },
  { dense_units: 4, learn_rate: 0.1 },
  { dense_units: 16, learn_rate: 0.01 },
  { dense_units: 16, learn_rate: 0.1 },
]`;
export const RESULTS = `export const results = tune_grid(wf, { resamples: vfold_cv({ v: 3 }), ${GRID} });`;
export function stateOf(run: string): TuningState {
  return reduceAll(readRun(run).events).tuning!;
}

/** What a tuning comes to, whatever workers and time made of it. */
export function tables(run: string) {
  const { candidates } = stateOf(run);
  return {
    candidates: candidates.map(({ config, values, summary, status }) => ({
      config,
      values,
      summary,
      status,
    })),
    trials: candidates.flatMap(({ config, trials }) =>
      trials.map(({ fold, metrics, history, notes }) => ({ config, fold, metrics, history, notes })),
    ),
    csv: fs.readFileSync(path.join(run, "candidates.csv"), "utf8"),
    metrics: fs.readFileSync(path.join(run, "metrics.json"), "utf8"),
  };
}
