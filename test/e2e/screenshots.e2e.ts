import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { ASSETS, copyPhotos, HAS_ASSETS, NO_ASSETS } from "./assets.ts";
import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";
import { DIGITS_TRANSFER, DIGITS_TUNE, LONG_FIT, LONG_TUNE, PHOTOS_TRANSFER } from "./specs.ts";

/** Ignored by git; somebody looks at them. */
const PICTURES = path.join(import.meta.dirname, "screenshots");

const THEMES = [
  { name: "high-contrast", theme: "Default High Contrast", body: "vscode-high-contrast" },
  { name: "light", theme: "Default Light Modern", body: "vscode-light" },
  { name: "dark", theme: "Default Dark Modern", body: "vscode-dark" },
];
const WINDOW = { width: 1600, height: 1000 };
/** High enough for the whole page. */
const TALL = { width: 1600, height: 2600 };

test.beforeEach(async ({ page }) => {
  await mkdir(PICTURES, { recursive: true });
  await page.setViewportSize(WINDOW);
});

test("pictures of the panel in each theme, and narrow", async ({ vscode, folder, page }) => {
  const work = await folder({
    "digits_transfer.kspec.ts": DIGITS_TRANSFER,
    ".vscode/settings.json": '{ "kspec.seed": 1 }',
  });
  await vscode.open(work, "digits_transfer.kspec.ts");
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");
  // Once more, so that there is a run to compare with, and the features come from the cache.
  await panel.button("Fit again").click();
  await expect(panel.facts).toContainText("from cache");
  await panel.shows("done");
  await vscode.command("View: Close Primary Side Bar");
  await vscode.command("Notifications: Clear All Notifications");

  for (const { name, theme, body } of THEMES) {
    await writeFile(
      path.join(work, ".vscode/settings.json"),
      JSON.stringify({ "workbench.colorTheme": theme }),
    );
    await expect(panel.frame.locator("body")).toHaveClass(new RegExp(`${body}(\\s|$)`));
    await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
    await page.setViewportSize(TALL);
    await panel.main.screenshot({ path: path.join(PICTURES, `${name}-panel.png`) });
    await page.setViewportSize(WINDOW);
  }

  await page.setViewportSize({ width: 880, height: 2600 });
  await expect.poll(async () => (await panel.main.boundingBox())?.width ?? 0).toBeLessThan(480);
  // Nothing is cut off at this width: the page does not scroll sideways.
  const overflow = await panel.main.evaluate(
    ({ ownerDocument: { documentElement } }) => documentElement.scrollWidth - documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await panel.main.screenshot({ path: path.join(PICTURES, "narrow-panel.png") });
});

test("pictures of a tuning in each theme, and narrow", async ({ vscode, folder, page }) => {
  const SPEC = "digits_tune.kspec.ts";
  const work = await folder({
    [SPEC]: DIGITS_TUNE.replace("size: 12", "size: 30"),
    ".vscode/settings.json": '{ "kspec.seed": 1 }',
  });
  await vscode.open(work, SPEC);
  await vscode.caretAt(SPEC, "export default");
  await vscode.command("KSpec: Tune model");
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");
  await vscode.command("View: Close Primary Side Bar");
  await vscode.command("Notifications: Clear All Notifications");

  for (const { name, theme, body } of THEMES) {
    await writeFile(
      path.join(work, ".vscode/settings.json"),
      JSON.stringify({ "workbench.colorTheme": theme }),
    );
    await expect(panel.frame.locator("body")).toHaveClass(new RegExp(`${body}(\\s|$)`));
    await page.screenshot({ path: path.join(PICTURES, `tuning-${name}.png`) });
    await page.setViewportSize(TALL);
    await panel.main.screenshot({ path: path.join(PICTURES, `tuning-${name}-panel.png`) });
    await page.setViewportSize(WINDOW);
  }

  await page.setViewportSize({ width: 880, height: 2600 });
  await expect.poll(async () => (await panel.main.boundingBox())?.width ?? 0).toBeLessThan(480);
  const overflow = await panel.main.evaluate(
    ({ ownerDocument: { documentElement } }) => documentElement.scrollWidth - documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await panel.main.screenshot({ path: path.join(PICTURES, "tuning-narrow-panel.png") });
});

test("a picture of a tuning that goes on, and of one that was stopped", async ({ vscode, folder, page }) => {
  const work = await folder({ "digits_tune.kspec.ts": LONG_TUNE });
  await vscode.open(work, "digits_tune.kspec.ts");
  await vscode.command("View: Close Primary Side Bar");
  await vscode.command("KSpec: Tune model");
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("running");
  await (await RunFolder.newest(work)).hasTrials(12);
  await page.screenshot({ path: path.join(PICTURES, "tuning-running.png") });
  await vscode.command("KSpec: Cancel fit");
  await panel.shows("cancelled");
  await vscode.command("Notifications: Clear All Notifications");
  await page.screenshot({ path: path.join(PICTURES, "tuning-cancelled.png") });
});

test("a picture of a fit that goes on", async ({ vscode, folder, page }) => {
  const work = await folder({ "long.kspec.ts": LONG_FIT });
  await vscode.open(work, "long.kspec.ts");
  await vscode.command("View: Close Primary Side Bar");
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("running");
  await expect.poll(() => panel.lastEpoch()).toBeGreaterThan(20);
  await page.screenshot({ path: path.join(PICTURES, "running.png") });
  await vscode.command("KSpec: Cancel fit");
  await panel.shows("cancelled");
  await vscode.command("Notifications: Clear All Notifications");
  await page.screenshot({ path: path.join(PICTURES, "cancelled.png") });
});

test("what keeps ONNX Runtime from training is one click away, and a picture of it", async ({
  vscode,
  folder,
  page,
}) => {
  const own = LONG_FIT.replace("metric_set, recipe", "metric_set, ops, recipe").replace(
    "fit_epochs: 20000,",
    "fit_epochs: 3, compile_loss: (truth, estimate) => ops.mean(ops.square(ops.sub(truth, estimate)), -1),",
  );
  const work = await folder({ "own_loss.kspec.ts": own });
  await vscode.open(work, "own_loss.kspec.ts");
  await vscode.command("View: Close Primary Side Bar");
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");
  await expect(panel.facts).toContainText("WebAssembly");
  await panel.frame.getByRole("button", { name: "why not ONNX Runtime?" }).click();
  await expect(panel.main).toContainText("is a function of the spec, which computes with TensorFlow.js.");
  await vscode.command("Notifications: Clear All Notifications");
  await page.screenshot({ path: path.join(PICTURES, "why-not.png") });
});

test("a picture of features that are being computed", async ({ vscode, folder, page }) => {
  test.skip(!HAS_ASSETS, NO_ASSETS);
  const work = await folder({
    "photos_transfer.kspec.ts": PHOTOS_TRANSFER,
    ".vscode/settings.json": JSON.stringify({ "kspec.mirrors": [ASSETS] }),
  });
  copyPhotos("train", path.join(work, "photos"), 0, 1000);
  await vscode.open(work, "photos_transfer.kspec.ts");
  await vscode.command("View: Close Primary Side Bar");
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await expect(panel.phase("Features")).toContainText(/running[1-9]|done/);
  await page.screenshot({ path: path.join(PICTURES, "features.png") });
  await panel.shows("done");
});
