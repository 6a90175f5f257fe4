import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";
import { DIGITS_TUNE, LONG_TUNE } from "./specs.ts";

const SPEC = "digits_tune.kspec.ts";

test("the code lens tunes; the best values go into the text and back; the best is fitted and leads back", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ [SPEC]: DIGITS_TUNE });
  await vscode.open(work, SPEC);
  await vscode.caretAt(SPEC, "export const results");
  await vscode.codeLens("Tune model").first().click();
  const panel = new ResultsPanel(vscode.panel);
  await expect(vscode.tab("· tuning")).toBeVisible();

  // The table fills while trials end, best on top.
  await expect.poll(() => panel.candidates.count()).toBe(12);
  await panel.shows("running");
  await panel.shows("done");
  const tuning = await RunFolder.newest(work);
  expect(tuning.trials).toHaveLength(36);
  expect(tuning.record.kind).toBe("tuning");
  await expect(panel.candidates.first()).toHaveClass(/best/);
  await expect(panel.headline).toHaveText(/^0\.9\d\d$/);

  // Use these values: one edit, which one undo takes back.
  await panel.button("Use these values").first().click();
  await expect(vscode.notification("has the values now")).toContainText(/dense_units \d+/);
  await expect(vscode.editor(SPEC)).toContainText(/dense_units:\s\d+,\sdrop_rate:\s0/);
  await expect(vscode.editor(SPEC)).not.toContainText("tune()}");
  await vscode.undo();
  await expect(vscode.editor(SPEC)).toContainText(/dense_units:\stune\(\),\sdrop_rate:\stune\(\)/);
  await vscode.save();
  expect(readFileSync(path.join(work, SPEC), "utf8")).toBe(DIGITS_TUNE);

  await panel.button("Fit best").first().click();
  await panel.shows("done");
  await expect(panel.confusion.getByRole("gridcell")).toHaveCount(25);
  const fit = await RunFolder.newest(work);
  expect(fit.record.tuned).toMatchObject({ run: path.basename(tuning.path) });
  await expect(panel.headline).toHaveText(Number(fit.estimate("accuracy")).toFixed(3));

  await panel.related(/Tuning: accuracy 0\.9\d\d · 12 candidates/).click();
  await expect(panel.candidates).toHaveCount(12);
  await panel.related(/Fit: test accuracy/).click();
  await expect(panel.confusion.getByRole("gridcell")).toHaveCount(25);
});

test("Fit model of a last fit tunes first, and shows the one after the other", async ({ vscode, folder }) => {
  const work = await folder({ [SPEC]: DIGITS_TUNE.replace("size: 12", "size: 4") });
  await vscode.open(work, SPEC);
  await vscode.caretAt(SPEC, "export default");
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await expect.poll(() => panel.candidates.count()).toBe(4);
  await expect(panel.confusion.getByRole("gridcell")).toHaveCount(25);
  await panel.shows("done");
  const runs = RunFolder.all(work);
  expect(runs.map(({ record }) => record.kind ?? "fit")).toEqual(["tuning", "fit"]);
  await expect(panel.related(/Tuning: accuracy/)).toBeVisible();
});

test("a tuning that is stopped keeps its trials, and Resume runs the missing ones only", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ [SPEC]: LONG_TUNE });
  await vscode.open(work, SPEC);
  await vscode.command("KSpec: Tune model");
  const run = await RunFolder.newest(work);
  const panel = new ResultsPanel(vscode.panel);
  await run.hasTrials(3);
  await expect(vscode.notification(/Tuning digits_tune/)).toContainText(/trial \d+ of 600/);
  await expect(vscode.statusBar(/digits_tune \d+\/600/)).toBeVisible();

  await panel.stop.click();
  await panel.shows("cancelled");
  await run.ends("cancelled");
  const kept = run.trials.length;
  await expect(panel.ending).toContainText(`Stopped after ${kept} of 600 trials.`);
  await expect(vscode.statusBar("digits_tune")).toHaveCount(0);

  await panel.button("Resume").click();
  await panel.shows("running");
  await run.hasTrials(kept + 2);
  expect(new Set(run.trials).size).toBe(run.trials.length);
  await vscode.command("KSpec: Cancel fit");
  await panel.shows("cancelled");
  expect(RunFolder.all(work)).toHaveLength(1);
});

test("a tuning goes on through a reload of the window, and one whose process is killed can be resumed", async ({
  vscode,
  folder,
}) => {
  test.slow();
  const work = await folder({ [SPEC]: LONG_TUNE });
  await vscode.open(work, SPEC);
  await vscode.command("KSpec: Tune model");
  const run = await RunFolder.newest(work);
  await run.hasTrials(2);
  const { pid } = run;

  await vscode.reload();
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("running");
  const before = run.trials.length;
  await run.hasTrials(before + 2);
  expect(run.pid).toBe(pid);
  await expect(vscode.statusBar(/digits_tune \d+\/600/)).toBeVisible();

  process.kill(pid, "SIGKILL");
  await panel.shows("lost");
  const kept = run.trials.length;
  await panel.button("Resume").click();
  await panel.shows("running");
  await run.hasTrials(kept + 1);
  expect(new Set(run.trials).size).toBe(run.trials.length);
  await panel.stop.click();
  await panel.shows("cancelled");
});

test("a file that exports only a tuning is tuned, not fitted, and says so", async ({ vscode, folder }) => {
  const only = DIGITS_TUNE.replace(/\/\/ Fit model:[^]*$/, "").replace(
    / {2}(finalize_workflow|last_fit|select_best),\n/g,
    "",
  );
  const work = await folder({ [SPEC]: only });
  await vscode.open(work, SPEC);
  await expect(vscode.codeLens("Tune model")).toHaveCount(1);
  await vscode.command("KSpec: Fit model");
  await vscode
    .notification("exports a tuning and no workflow to fit")
    .getByRole("button", { name: "Tune model" })
    .click();
  const run = await RunFolder.newest(work);
  await run.hasTrials(1);
  await vscode.command("KSpec: Cancel fit");
  await run.ends("cancelled");
});
