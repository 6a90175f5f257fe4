import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { reduceAll } from "../../src/protocol/index.ts";
import { readRun } from "../../src/runs/index.ts";
import { kspec, project, runsOf } from "./kspec.ts";

const EXAMPLES = path.join(import.meta.dirname, "../../examples");

/** A project with an example and the data of all. */
function example(name: string, change: (text: string) => string = (text) => text): string {
  const folder = project();
  fs.cpSync(path.join(EXAMPLES, "data"), path.join(folder, "data"), { recursive: true });
  fs.writeFileSync(path.join(folder, name), change(fs.readFileSync(path.join(EXAMPLES, name), "utf8")));
  return folder;
}

describe("the examples", () => {
  const names = fs.readdirSync(EXAMPLES).filter((name) => name.endsWith(".kspec.ts"));

  it.each(names)("%s has no errors", async (name) => {
    const { stdout } = await kspec(["check", name], example(name));
    expect(stdout).not.toMatch(/\berror\b/);
  });

  // Fewer candidates, folds and epochs than there are: that they run is what is asked here.
  it.each([
    [
      "digits_tune.kspec.ts",
      (text: string) => text.replace("size: 30", "size: 3").replace("fit_epochs: 15", "fit_epochs: 2"),
    ],
    [
      "iris_tune.kspec.ts",
      (text: string) =>
        text.replace('["adam", "sgd", "rmsprop"]', '["adam"]').replace("epochs([10, 30])", "epochs([2, 4])"),
    ],
    [
      "penguins.kspec.ts",
      (text: string) => text.replace("levels: 3", "levels: 2").replace("fit_epochs: 20", "fit_epochs: 3"),
    ],
  ])("%s tunes, and fits its best candidate", { timeout: 180_000 }, async (name, smaller) => {
    const folder = example(name, smaller);
    const { code, stderr } = await kspec(["tune", name, "--seed", "1"], folder);
    expect(stderr).not.toMatch(/kspec:/);
    expect(code).toBe(0);
    const [tuning, fit] = runsOf(folder).map((run) => reduceAll(readRun(run).events));
    expect(tuning).toMatchObject({ status: "done", tuning: { failed: 0 } });
    expect(fit).toMatchObject({ status: "done", tuning: null });
  });

  it("mtcars.kspec.ts is resampled, and fitted", { timeout: 180_000 }, async () => {
    const folder = example("mtcars.kspec.ts", (text) =>
      text.replace("times: 25", "times: 4").replace("fit_epochs: 100", "fit_epochs: 20"),
    );
    expect((await kspec(["tune", "mtcars.kspec.ts", "--seed", "1"], folder)).code).toBe(0);
    expect((await kspec(["fit", "mtcars.kspec.ts", "--seed", "1"], folder)).code).toBe(0);
    const [resampled, fitted] = runsOf(folder).map((run) => reduceAll(readRun(run).events));
    expect(resampled!.tuning).toMatchObject({ done: 4, failed: 0 });
    expect(fitted!.metrics.map((row) => row[".metric"])).toContain("rmse");
  });
});
