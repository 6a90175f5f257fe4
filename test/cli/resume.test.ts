import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { reduceAll, type RunEvent } from "../../src/protocol/index.ts";
import { readRun } from "../../src/runs/index.ts";
import { bundle, jsonLines, kspec, project, runsOf, start } from "./kspec.ts";

const FLOWERS = ["flowers.kspec.ts", "activation.ts", "flowers.csv"];

/** A project with a spec of flowers whose model has these arguments. */
function flowers(args: string): string {
  const folder = project(...FLOWERS);
  fs.writeFileSync(
    path.join(folder, "mine.kspec.ts"),
    `import { callbacks, datasets, recipe, workflow } from "kspec";
import { flowers } from "./flowers.kspec";
export default workflow({
  data: datasets.csv("flowers.csv", { test: 30 }),
  recipe: recipe("flower ~ petal + stem"),
  model: flowers({ ${args} }),
});
`,
  );
  return folder;
}

const fitArguments = ["fit", "mine.kspec.ts", "--seed", "3", "--json"];

/** What a fit comes to: history, metrics, weights. */
function outcome(run: string) {
  const { epochs, metrics } = reduceAll(readRun(run).events);
  const model = JSON.parse(fs.readFileSync(path.join(run, "model/model.json"), "utf8")) as {
    weightsManifest: { paths: string[] }[];
    userDefinedMetadata: { epoch: number };
  };
  return {
    epochs,
    metrics,
    epoch: model.userDefinedMetadata.epoch,
    // Names of weight files stand for what is in them.
    weights: model.weightsManifest.flatMap(({ paths }) => paths),
    predictions: fs.readFileSync(path.join(run, "predictions.csv"), "utf8"),
  };
}

/** Starts `kspec`, and kills it so many milliseconds after it has said something that matches. */
async function killed(args: readonly string[], folder: string, said: RegExp, after = 0): Promise<void> {
  const fit = start(args, folder);
  await vi.waitFor(() => expect(fit.printed.stdout).toMatch(said), { timeout: 60_000, interval: 5 });
  await new Promise((resolve) => setTimeout(resolve, after));
  fit.child.kill("SIGKILL");
  await fit.ended;
}

describe("kspec fit --resume", () => {
  it(
    "a fit that is killed again and again ends as one that never stopped",
    { timeout: 120_000 },
    async () => {
      const args =
        "fit_epochs: 150, fit_batch_size: 8, fit_validation_split: 0.2, fit_callbacks: [callbacks.reduceLROnPlateau({ patience: 4, factor: 0.7 }), " +
        "callbacks.earlyStopping({ patience: 500, restoreBestWeights: true })]";
      const whole = flowers(args);
      await kspec(fitArguments, whole);
      const folder = flowers(args);
      await killed(fitArguments, folder, /"epoch_end","run":"[^"]+","time":"[^"]+","epoch":2,/);
      const resuming = ["fit", "--resume", "last", "--json"];
      for (let times = 0; times < 4; times++) {
        // Anywhere: while it loads, within an epoch, while the model or the checkpoint is written.
        const said = times === 1 ? /"phase":"load"/ : /"epoch_end"/;
        await killed(resuming, folder, said, Math.random() * 60);
        const [run] = runsOf(folder);
        expect(readRun(run!)).toMatchObject({ status: "lost", notes: [] });
      }
      const { code, stdout } = await kspec(resuming, folder);
      expect(code).toBe(0);
      expect(jsonLines<RunEvent>(stdout)[0]!.type).toBe("resumed");
      expect(runsOf(folder)).toHaveLength(1);
      expect(outcome(runsOf(folder)[0]!)).toEqual(outcome(runsOf(whole)[0]!));
      expect(readRun(runsOf(folder)[0]!).events.filter(({ type }) => type === "resumed")).toHaveLength(5);
    },
  );

  it("goes on after the last epoch of a fit that was stopped, and says so", async () => {
    const folder = flowers("fit_epochs: 500, fit_verbose: 2");
    const fit = start(["fit", "mine.kspec.ts", "--seed", "3"], folder);
    await vi.waitFor(() => expect(fit.printed.stdout).toContain("epoch 5 of"), {
      timeout: 60_000,
      interval: 5,
    });
    fit.child.kill("SIGINT");
    const { stdout } = await fit.ended;
    const last = Number(/The model of epoch (\d+) is kept/.exec(stdout)![1]);
    const id = path.basename(runsOf(folder)[0]!);
    expect(stdout).toContain(`Go on with: kspec fit --resume ${id}`);
    const again = await kspec(["fit", "--resume", id], folder);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain(`${id} goes on after epoch ${last} of 500`);
    expect(again.stdout).not.toContain(`epoch ${last} of 500 ·`);
    expect(again.stdout).toContain(`epoch ${last + 1} of 500 ·`);
  });

  it("fits what the run began with, and says that the spec has changed", async () => {
    const folder = flowers("fit_epochs: 100");
    await killed(fitArguments, folder, /"epoch_end"/);
    const spec = path.join(folder, "mine.kspec.ts");
    const whole = flowers("fit_epochs: 100");
    await kspec(fitArguments, whole);
    fs.writeFileSync(spec, fs.readFileSync(spec, "utf8").replace("100", "2"));
    fs.rmSync(path.join(folder, "activation.ts"));
    const { code, stdout } = await kspec(["fit", "--resume", "last", "--json"], folder);
    expect(code).toBe(0);
    expect(jsonLines<RunEvent>(stdout).filter((event) => event.type === "problem")).toMatchObject([
      {
        code: "spec-changed",
        message:
          "mine.kspec.ts, activation.ts say something else than when this run began. It goes on as it began; fit the spec anew for what it says now.",
      },
    ]);
    expect(outcome(runsOf(folder)[0]!)).toEqual(outcome(runsOf(whole)[0]!));
  });

  it("refuses when the data have changed, and leaves the run as it was", async () => {
    const folder = flowers("fit_epochs: 100");
    await killed(fitArguments, folder, /"epoch_end"/);
    const data = path.join(folder, "flowers.csv");
    fs.appendFileSync(data, `${fs.readFileSync(data, "utf8").trimEnd().split("\n").at(-1)}\n`);
    const [run] = runsOf(folder);
    const before = fs.readFileSync(path.join(run!, "events.jsonl"), "utf8");
    const { code, stderr } = await kspec(["fit", "--resume", "last"], folder);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `The data of ${path.basename(run!)} are not what they were when it began (flowers.csv), so it cannot go on. Bring them back, or fit the spec anew.`,
    );
    expect(fs.readFileSync(path.join(run!, "events.jsonl"), "utf8")).toBe(before);
    expect(readRun(run!).status).toBe("lost");
    expect(fs.readdirSync(run!).filter((name) => name.startsWith("resume-"))).toEqual([]);
  });

  it("of two that go on with one run, one is refused", { timeout: 60_000 }, async () => {
    const folder = flowers("fit_epochs: 100");
    await killed(fitArguments, folder, /"epoch_end"/);
    bundle("cli.js");
    const both = await Promise.all([1, 2, 3].map(() => kspec(["fit", "--resume", "last"], folder)));
    expect(both.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
    for (const { stderr } of both.filter(({ code }) => code === 1))
      expect(stderr).toMatch(/is being fitted by process \d+|Nothing is left to do/);
    expect(readRun(runsOf(folder)[0]!)).toMatchObject({ status: "done", notes: [] });
  });

  it("says plainly that nothing is left to do", async () => {
    const folder = flowers(
      'fit_epochs: 30, fit_callbacks: callbacks.earlyStopping({ monitor: "loss", minDelta: 9 })',
    );
    await kspec(["fit", "mine.kspec.ts"], folder);
    const id = path.basename(runsOf(folder)[0]!);
    const { code, stderr } = await kspec(["fit", "--resume", "last"], folder);
    expect(code).toBe(1);
    expect(stderr).toBe(`kspec: Nothing is left to do: a callback has ended ${id} after epoch 2 of 30.\n`);
    expect((await kspec(["fit", "--resume", "last", "--epochs", "40"], folder)).stderr).toBe(
      `kspec: A callback has ended ${id} after epoch 2, and it would not go on. Change fit_callbacks and fit the spec anew.\n`,
    );
  });

  it("takes a finished run to more epochs, as if it had been asked for them at once", async () => {
    const folder = flowers("fit_epochs: 4");
    await kspec(fitArguments, folder);
    expect((await kspec(["fit", "--resume", "last"], folder)).stderr).toMatch(
      /^kspec: Nothing is left to do: .+ has finished its 4 epochs. For more: kspec fit --resume .+ --epochs NUMBER.\n$/,
    );
    expect((await kspec(["fit", "--resume", "last", "--epochs", "7"], folder)).code).toBe(0);
    const whole = flowers("fit_epochs: 7");
    await kspec(fitArguments, whole);
    expect(outcome(runsOf(folder)[0]!)).toEqual(outcome(runsOf(whole)[0]!));
  });

  it("begins anew where no epoch was kept", async () => {
    const folder = flowers("fit_epochs: 3");
    await killed(fitArguments, folder, /"run_started"/);
    fs.rmSync(path.join(runsOf(folder)[0]!, "checkpoint"), { recursive: true, force: true });
    const { code, stdout } = await kspec(["fit", "--resume", "last"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("begins anew: none of its epochs was kept");
  });

  it.each([
    [["fit"], "error: name a spec file, or a run to go on with: --resume RUN."],
    [["fit", "a.kspec.ts", "--resume", "last"], "leave the file out."],
    [
      ["fit", "a.kspec.ts", "--epochs", "3"],
      "error: --epochs goes with --resume; a spec says its own, as fit_epochs.",
    ],
    [
      ["fit", "--resume", "last", "--seed", "3"],
      "'--resume <run>' cannot be used with option '--seed <number>'",
    ],
    [["fit", "--resume", "last", "--epochs", "0"], "It must be a whole number from 1."],
  ])("%j is wrong usage", async (args, says) => {
    const { code, stderr } = await kspec(args, project());
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
