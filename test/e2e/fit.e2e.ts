import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";
import { DIGITS_TRANSFER, LONG_FIT, THROWS } from "./specs.ts";

const SPEC = "digits.kspec.ts";

test("the code lens fits the embedded example, and the panel ends with the accuracy of metrics.json", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ [SPEC]: DIGITS_TRANSFER });
  const refusals: string[] = [];
  vscode.page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) refusals.push(message.text());
  });
  await vscode.open(work, SPEC);
  await vscode.codeLens("Fit model").click();

  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");
  const run = await RunFolder.newest(work);
  const accuracy = run.estimate("accuracy");
  expect(accuracy).toBeGreaterThan(0.9);
  await expect(panel.headline).toHaveText(Number(accuracy).toFixed(3));
  expect(run.metrics.map((row) => Object.keys(row))).toContainEqual([
    ".metric",
    ".estimator",
    ".estimate",
    "set",
  ]);

  // Five classes, five epochs, and the pictures that VS Code lets the page read.
  await expect(panel.confusion.getByRole("gridcell")).toHaveCount(25);
  expect(await panel.lastEpoch()).toBe(5);
  const picture = panel.frame.locator("img").first();
  await picture.scrollIntoViewIfNeeded();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);

  // The page does nothing that its own policy forbids.
  expect(refusals.filter((text) => text.includes("webview.js"))).toEqual([]);

  // The focus stayed in the text.
  await vscode.page.keyboard.press("Control+End");
  await vscode.page.keyboard.type("// typed");
  await expect(vscode.editor(SPEC)).toContainText("// typed");
});

test("the palette fits it too, from another file, and says so in the status bar", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ [SPEC]: DIGITS_TRANSFER, "long.kspec.ts": LONG_FIT, "notes.md": "# Notes\n" });
  await vscode.open(work, "notes.md");
  await vscode.command("KSpec: Fit model");
  // With no spec open, the workspace's are offered.
  await vscode.picks.filter({ hasText: SPEC }).click();
  await expect(vscode.notification(/Fitting/)).toBeVisible();
  await (await RunFolder.newest(work)).ends("done");
  await new ResultsPanel(vscode.panel).shows("done");
  await expect(vscode.statusBar("digits_transfer")).toHaveCount(0);
});

test("curves grow while it fits; cancel keeps the finished epochs", async ({ vscode, folder }) => {
  const work = await folder({ "long.kspec.ts": LONG_FIT });
  await vscode.open(work, "long.kspec.ts");
  await vscode.codeLens("Fit model").click();

  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("running");
  await expect(vscode.statusBar("long_fit")).toBeVisible();
  await expect.poll(() => panel.lastEpoch()).toBeGreaterThan(2);
  const before = await panel.lastEpoch();
  await expect.poll(() => panel.lastEpoch()).toBeGreaterThan(before);
  await expect(vscode.notification(/epoch \d+ of 20/)).toBeVisible();

  await vscode.command("KSpec: Cancel fit");
  await panel.shows("cancelled");
  const run = await RunFolder.newest(work);
  await run.ends("cancelled");
  expect(run.epochs).toBeGreaterThanOrEqual(before);
  await expect(panel.ending).toContainText(`Stopped after epoch ${run.epochs}.`);
  await expect(panel.ending).toContainText("is kept");
  expect(await panel.lastEpoch()).toBe(run.epochs);
  expect(run.read("model/model.json")).toContain("modelTopology");
  await expect(vscode.statusBar("long_fit")).toHaveCount(0);
});

test("a second fit of the same workflow asks first", async ({ vscode, folder }) => {
  const work = await folder({ "long.kspec.ts": LONG_FIT });
  await vscode.open(work, "long.kspec.ts");
  await vscode.codeLens("Fit model").click();
  await (await RunFolder.newest(work)).reachesEpoch(1);
  await vscode.codeLens("Fit model").click();
  await vscode
    .notification("long_fit is being fitted")
    .getByRole("button", { name: "Cancel and fit again" })
    .click();
  await expect.poll(() => RunFolder.all(work).length).toBe(2);
  const [first, second] = RunFolder.all(work) as [RunFolder, RunFolder];
  await first.ends("cancelled");
  await second.reachesEpoch(1);
  await vscode.command("KSpec: Cancel fit");
  await second.ends("cancelled");
});

test("a spec with a mistake is refused, with the mistake in the panel", async ({ vscode, folder }) => {
  const work = await folder({ [SPEC]: DIGITS_TRANSFER.replace('"flatten")', '"flaten")') });
  await vscode.open(work, SPEC);
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("failed");
  await expect(panel.frame.locator("main")).toContainText("flaten");
  expect(RunFolder.all(work)).toHaveLength(0);
});

test("what a spec's own code throws is shown with a way to its line", async ({ vscode, folder }) => {
  const work = await folder({ "throws.kspec.ts": THROWS });
  await vscode.open(work, "throws.kspec.ts");
  await vscode.command("KSpec: Fit model");
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("failed");
  await expect(panel.frame.locator("main")).toContainText("The schedule has three steps only.");
  await expect(panel.frame.locator("main")).not.toContainText(/ at \S+:\d+:\d+/);
  await panel
    .button(/line 4/)
    .first()
    .click();
  await expect(vscode.statusBar(/Ln 4,/)).toBeVisible();
});
