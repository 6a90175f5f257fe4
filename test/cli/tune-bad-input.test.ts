import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { reduceAll, type RunEvent } from "../../src/protocol/index.ts";
import { readRun } from "../../src/runs/index.ts";
import { jsonLines, kspec, project, runsOf, start } from "./kspec.ts";
import { canMount, mount } from "./tiny-disk.ts";
import { RESULTS, stateOf, tables, tuning } from "./tuned-flowers.ts";

const tune = ["tune", "mine.kspec.ts", "--seed", "5"];

describe("a tuning that cannot be is refused before there is a run", () => {
  it.each([
    ["an empty grid", "resamples: vfold_cv({ v: 3 }), grid: []", /This grid has no candidates/],
    [
      "a grid that lacks what is tuned",
      "resamples: vfold_cv({ v: 3 }), grid: [{ dense_units: 4 }]",
      /"learn_rate" is marked with tune\(\), but the grid has no column "learn_rate"/,
    ],
    [
      "a grid of what nobody tunes",
      "resamples: vfold_cv({ v: 3 }), grid: [{ dense_units: 4, learn_rate: 0.1, dense_unts: 3 }]",
      /marked with tune\(\) as "dense_unts". Did you mean "dense_units"\?/,
    ],
    [
      "more folds than rows",
      "resamples: vfold_cv({ v: 500 }), grid: 3",
      /v asks for 500 folds, and there are \d+ rows/,
    ],
    ["strata that there are not", 'resamples: vfold_cv({ v: 3, strata: "nope" }), grid: 3', /`nope`/],
    [
      "a metric of the other mode",
      'resamples: vfold_cv({ v: 3 }), grid: 3, metrics: k.metric_set("rmse")',
      /rmse/,
    ],
  ])("%s", async (_, options, told) => {
    const folder = tuning(`export const results = tune_grid(wf, { ${options} });`);
    const { code, stdout, stderr } = await kspec(tune, folder);
    expect(stdout + stderr).toMatch(told);
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
    expect(runsOf(folder)).toEqual([]);
  });

  it("one row", async () => {
    const folder = tuning(RESULTS);
    const [header, row] = fs.readFileSync(path.join(folder, "flowers.csv"), "utf8").split("\n");
    fs.writeFileSync(path.join(folder, "flowers.csv"), `${header}\n${row}\n`);
    const { code, stderr } = await kspec(tune, folder);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/1 row/);
  });
});

describe("what goes wrong within a tuning is a note", () => {
  it("a fold without one of the classes: its metrics are of the others, or missing", async () => {
    const folder = tuning(
      'export const results = tune_grid(wf, { resamples: vfold_cv({ v: 4 }), grid: [{ dense_units: 4, learn_rate: 0.05 }], metrics: k.metric_set("roc_auc", "recall", "accuracy") });',
    );
    const file = path.join(folder, "flowers.csv");
    const [header, ...rows] = fs.readFileSync(file, "utf8").trim().split("\n");
    const tulips = rows.filter((row) => row.includes("tulip"));
    // Two tulips for four folds.
    fs.writeFileSync(
      file,
      [header, ...rows.filter((row) => !row.includes("tulip")), ...tulips.slice(0, 2)].join("\n"),
    );
    fs.writeFileSync(
      path.join(folder, "mine.kspec.ts"),
      fs.readFileSync(path.join(folder, "mine.kspec.ts"), "utf8").replace("{ test: 30 }", "{}"),
    );
    const { code } = await kspec(tune, folder);
    expect(code).toBe(0);
    const [candidate] = stateOf(runsOf(folder)[0]!).candidates;
    expect(candidate!.trials.map(({ status }) => status)).toEqual(["done", "done", "done", "done"]);
    const notes = candidate!.trials.flatMap((trial) => trial.notes.map(({ message }) => message));
    expect(notes).toContain('recall is not defined for "tulip": no row is of it.');
    expect(candidate!.summary["accuracy"]!.n).toBe(4);
    const shown = await kspec(["show", "last", "--notes"], folder);
    expect(shown.stdout).toContain('recall is not defined for "tulip"');
  });

  it(
    "a grid of a hundred thousand begins, and what is done of it is kept",
    { timeout: 180_000 },
    async () => {
      const folder = tuning(
        "export const results = tune_grid(wf, { resamples: vfold_cv({ v: 3 }), grid: k.grid_random({ size: 100000 }) });",
      );
      const going = start([...tune, "--json"], folder);
      const endedIn = () => going.printed.stdout.split('"trial_ended"').length - 1;
      await vi.waitFor(() => expect(endedIn()).toBeGreaterThan(5), { timeout: 100_000, interval: 20 });
      going.child.kill("SIGINT");
      expect((await going.ended).code).toBe(1);
      const { tuning: state, ended } = reduceAll(readRun(runsOf(folder)[0]!).events);
      expect(state!.candidates).toHaveLength(100_000);
      expect(state!.done).toBe(endedIn());
      expect(ended!.kept).toMatch(/^\d+ of 300,000 trials are kept/);
    },
  );

  it("the first candidate of images cannot be built: the others are tried on features that are computed once", async () => {
    const folder = project();
    fs.writeFileSync(
      path.join(folder, "digits.kspec.ts"),
      fs
        .readFileSync(path.join(import.meta.dirname, "../../examples/digits_tune.kspec.ts"), "utf8")
        .replace("fit_epochs: 15", "fit_epochs: 2")
        .replace(
          "grid: grid_space_filling(parameters, { size: 30 })",
          "grid: [{ dense_units: -1, drop_rate: 0, learn_rate: 0.01 }, { dense_units: 16, drop_rate: 0, learn_rate: 0.01 }]",
        ),
    );
    const { code } = await kspec(["tune", "digits.kspec.ts", "--export", "results", "--seed", "5"], folder);
    expect(code).toBe(0);
    const { candidates } = stateOf(runsOf(folder)[0]!);
    expect(candidates.map(({ status }) => status)).toEqual(["failed", "done"]);
    expect(candidates[0]!.trials[0]!.notes[0]).toMatchObject({ type: "error", block: "dense" });
  });

  it("weights that nobody has end it at once, with what to do", async () => {
    const folder = project();
    fs.copyFileSync(
      path.join(import.meta.dirname, "../../examples/photos_tune.kspec.ts"),
      path.join(folder, "photos_tune.kspec.ts"),
    );
    for (const label of ["cats", "dogs"]) {
      fs.mkdirSync(path.join(folder, "photos", label), { recursive: true });
      for (let i = 0; i < 12; i++) fs.writeFileSync(path.join(folder, "photos", label, `${i}.png`), PIXEL);
    }
    const { code, stderr } = await kspec(["tune", "photos_tune.kspec.ts"], folder, {
      KERAS_HOME: path.join(folder, "keras"),
      KSPEC_MIRROR: "",
    });
    expect(code).toBe(1);
    expect(stderr).toContain("mobilenet_2_5_224_tf_no_top.h5");
    expect(reduceAll(readRun(runsOf(folder)[0]!).events).tuning!.done).toBe(0);
  });

  it("every candidate fails: the run has failed, and says why", async () => {
    const folder = tuning(
      "export const results = tune_grid(wf, { resamples: vfold_cv({ v: 3 }), grid: [{ dense_units: -4, learn_rate: 0.05 }] });",
    );
    const { code, stderr } = await kspec(tune, folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Every candidate failed\. The first: Block "dense"/);
    expect(reduceAll(readRun(runsOf(folder)[0]!).events).ended!.error!.place!.file).toMatch(
      /flowers\.kspec\.ts$/,
    );
  });

  it.skipIf(!canMount())(
    "a full disk ends it, and with room again it goes on to the same tables",
    { timeout: 180_000 },
    async () => {
      const exports =
        "export const results = tune_grid(wf, { resamples: vfold_cv({ v: 5, repeats: 2 }), grid: k.grid_regular({ levels: 3 }) });";
      const whole = tuning(exports);
      await kspec([...tune, "--json"], whole);
      const folder = tuning(exports);
      const tiny = mount(folder, "size=60k");
      const { code, stdout } = await kspec([...tune, "--runs", tiny, "--json"], folder);
      expect(code).toBe(1);
      const ended = jsonLines<RunEvent>(stdout).at(-1)!;
      expect(ended).toMatchObject({
        status: "failed",
        error: { message: expect.stringMatching(/^The disk is full/) as string },
        kept: expect.stringMatching(/^[\d,]+ of 90 trials are kept/) as string,
      });
      const [name] = fs.readdirSync(tiny);
      const roomy = path.join(folder, ".kspec/runs", name!);
      fs.cpSync(path.join(tiny, name!), roomy, { recursive: true });
      const before = stateOf(roomy).done;
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThan(90);
      expect((await kspec(["tune", "--resume", roomy, "--json"], folder)).code).toBe(0);
      expect(tables(roomy)).toEqual(tables(runsOf(whole)[0]!));
    },
  );
});

/** One pixel, grey. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64",
);
