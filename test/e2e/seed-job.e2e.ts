import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { ASSETS } from "./assets.ts";
import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";
import { RESNET_TRANSFER } from "./specs.ts";

let mirror: string;

/** Keras's archive of CIFAR-10 and its weights of ResNet50 by name and form; the weights are a formula's. */
test.beforeAll(async () => {
  mirror = await mkdtemp(path.join(tmpdir(), "kspec-e2e-mirror-"));
  const script = path.join(import.meta.dirname, "../../scripts/make-mirror.mjs");
  await promisify(execFile)(process.execPath, [script, mirror, "--images", "500"], {
    env: { ...process.env, KSPEC_TEST_ASSETS: ASSETS },
  });
});
test.afterAll(() => rm(mirror, { recursive: true, force: true }));

test("a frozen ResNet50 under a new head for CIFAR-10, the example as it is, from a mirror", async ({
  vscode,
  folder,
}) => {
  const SPEC = "resnet_transfer.kspec.ts";
  const work = await folder({
    [SPEC]: RESNET_TRANSFER,
    ".vscode/settings.json": JSON.stringify({ "kspec.mirrors": [mirror] }),
  });
  await vscode.open(work, SPEC);
  await vscode.command("KSpec: Fit model");
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");

  const run = await RunFolder.newest(work);
  await expect(panel.headline).toHaveText(Number(run.estimate("accuracy")).toFixed(3));
  await expect(panel.facts).toContainText(/features in .* s, [\d,.]+ images\/s/);
  await expect(panel.phase("Features")).toContainText("600 images");
  expect(run.epochs).toBe(5);
  await expect(panel.confusion.getByRole("gridcell")).toHaveCount(100);
  for (const event of run.events)
    if (event.type === "epoch_end") expect(Object.values(event.logs).every(Number.isFinite)).toBe(true);

  // What was noticed can be mended from the panel.
  await panel.button('Replace with step_preprocess_input("resnet50")').click();
  await expect(vscode.editor(SPEC)).toContainText('.step_preprocess_input("resnet50")');
  await expect(vscode.editor(SPEC)).not.toContainText("step_rescale");
});
