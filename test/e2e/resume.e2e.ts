import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";
import { LONG_FIT } from "./specs.ts";

test("a run whose process was killed goes on from the panel, and one that was stopped from the palette", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ "long.kspec.ts": LONG_FIT });
  await vscode.open(work, "long.kspec.ts");
  await vscode.codeLens("Fit model").click();
  const run = await RunFolder.newest(work);
  await run.reachesEpoch(5);
  const { pid } = run;
  process.kill(pid, "SIGKILL");
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("lost");

  await panel.button("Resume").click();
  await panel.shows("running");
  await expect(panel.main).toContainText(/resumed after epoch \d+|begun anew/);
  expect(run.pid).not.toBe(pid);
  const before = await panel.lastEpoch();
  await expect.poll(() => panel.lastEpoch()).toBeGreaterThan(before);
  await panel.button("Stop").click();
  await panel.shows("cancelled");
  const stopped = run.events.findLast((event) => event.type === "epoch_end")!.epoch;

  await vscode.command("KSpec: Resume");
  await vscode.picks.filter({ hasText: "long_fit" }).first().click();
  await panel.shows("running");
  await expect(panel.main).toContainText(`resumed after epoch ${stopped}`);
  await panel.button("Stop").click();
  await panel.shows("cancelled");
  // All of it is one run.
  expect(RunFolder.all(work)).toHaveLength(1);
});
