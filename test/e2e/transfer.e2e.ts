import path from "node:path";
import type { Progress } from "../../src/protocol/index.ts";
import { ASSETS, copyPhotos, HAS_ASSETS, NO_ASSETS } from "./assets.ts";
import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";
import { PHOTOS_TRANSFER } from "./specs.ts";

// The weights lie in a folder laid out like Keras's cache; nothing is fetched. The home that every server of these
// tests has for itself is where the features are kept. (In the workspace's settings, because newer versions of VS Code
// take a machine's settings of a server from another file than the user's.)
const SETTINGS = { ".vscode/settings.json": JSON.stringify({ "kspec.mirrors": [ASSETS] }) };
test.skip(!HAS_ASSETS, NO_ASSETS);
// Two fits each.
test.describe.configure({ timeout: 300_000 });

const SPEC = "photos_transfer.kspec.ts";

test("photos of one's own, a frozen MobileNet: features once, and from the cache for another head", async ({
  vscode,
  folder,
}) => {
  // Larger images, so that the features take long enough to be looked at.
  const large = PHOTOS_TRANSFER.replace("{ height: 160, width: 160 }", "{ height: 288, width: 288 }");
  const work = await folder({ [SPEC]: large, ...SETTINGS });
  copyPhotos("train", path.join(work, "photos"), 0, 1000);
  await vscode.open(work, SPEC);
  await vscode.command("KSpec: Fit model");

  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("running");
  const heard = await panel.listen();
  await panel.shows("done");
  const first = await RunFolder.newest(work);
  const accuracy = Number(first.estimate("accuracy"));
  await expect(panel.headline).toHaveText(accuracy.toFixed(3));
  // Ten classes, of which guessing gets a tenth.
  expect(accuracy).toBeGreaterThan(0.4);
  expect(await heard()).toContainEqual(expect.stringMatching(/^Computing features.*\d images\/s/));
  await expect(panel.facts).toContainText(/features in .* s, [\d,]+ images\/s/);
  await expect(panel.phase("Features")).toContainText("1,000 images");
  expect(lastOfFeatures(first)).toMatchObject({ done: 1000, total: 1000, unit: "images", cached: 0 });

  // Another head: not one image goes through the base again.
  await vscode.replace(SPEC, "rate = 0.2", "rate = 0.5");
  await vscode.command("KSpec: Fit model");
  await expect.poll(() => RunFolder.all(work).length).toBe(2);
  const second = await RunFolder.newest(work);
  await second.ends("done");
  await panel.shows("done");
  await expect(panel.facts).toContainText("all 1,000 from cache");
  await expect(panel.phase("Features")).toContainText("all 1,000 from cache");
  await expect(panel.headline).toHaveText(Number(second.estimate("accuracy")).toFixed(3));
  expect(lastOfFeatures(second)).toMatchObject({ done: 1000, total: 1000, cached: 1000 });
});

test("twenty more photos: only they are computed", async ({ vscode, folder }) => {
  // Sets in folders of their own, so that the split stays what it was.
  const work = await folder({
    [SPEC]: PHOTOS_TRANSFER.replace('("photos", { test: 0.25, seed: 1 })', '("photos")'),
    ...SETTINGS,
  });
  const photos = path.join(work, "photos");
  copyPhotos("test", path.join(photos, "train"), 0, 400);
  copyPhotos("test", path.join(photos, "test"), 420, 80);
  await vscode.open(work, SPEC);
  await vscode.command("KSpec: Fit model");
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");
  await expect(panel.phase("Features")).toContainText("480 images");

  copyPhotos("test", path.join(photos, "train"), 400, 20);
  await panel.button("Fit again").click();
  await expect.poll(() => RunFolder.all(work).length).toBe(2);
  const second = await RunFolder.newest(work);
  await second.ends("done");
  await panel.shows("done");
  await expect(panel.facts).toContainText("480 of 500 from cache");
  await expect(panel.phase("Features")).toContainText("480 of 500 from cache");
  expect(lastOfFeatures(second)).toMatchObject({ done: 500, total: 500, cached: 480 });
});

function lastOfFeatures(run: RunFolder): Progress | undefined {
  return run.events.findLast(
    (event): event is Progress => event.type === "progress" && event.phase === "features",
  );
}
