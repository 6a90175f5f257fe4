import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";
import { DIGITS_TRANSFER, LONG_FIT } from "./specs.ts";

test("a worker that is killed leaves an honest panel and a run that can be read and used", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ "long.kspec.ts": LONG_FIT });
  await vscode.open(work, "long.kspec.ts");
  await vscode.codeLens("Fit model").click();
  const run = await RunFolder.newest(work);
  await run.reachesEpoch(2);
  process.kill(run.pid, "SIGKILL");

  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("lost");
  await expect(panel.ending).toContainText("is gone");
  await expect(vscode.notification(/SIGKILL/)).toContainText(/The model of epoch \d+ is kept/);
  await expect(vscode.statusBar("long_fit")).toHaveCount(0);

  // The installed command line reads the same run, and its model works.
  expect(run.ended).toBeUndefined();
  const { stdout } = await kspec(["runs", "--json"], work);
  expect(JSON.parse(stdout.trim().split("\n").at(-1) as string)).toMatchObject({ status: "lost" });
});

test("a reload of the window restores the panel of a finished run", async ({ vscode, folder }) => {
  const work = await folder({ "digits.kspec.ts": DIGITS_TRANSFER });
  await vscode.open(work, "digits.kspec.ts");
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");
  const number = await panel.headline.textContent();

  await vscode.reload();
  await panel.shows("done");
  await expect(panel.headline).toHaveText(number ?? "");
  await expect(panel.confusion.getByRole("gridcell")).toHaveCount(25);
});

test("a fit goes on through a reload of the window, is followed, and can be cancelled", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ "long.kspec.ts": LONG_FIT });
  await vscode.open(work, "long.kspec.ts");
  await vscode.codeLens("Fit model").click();
  const run = await RunFolder.newest(work);
  const panel = new ResultsPanel(vscode.panel);
  await expect.poll(() => panel.lastEpoch()).toBeGreaterThan(1);
  const { pid } = run;

  await vscode.reload();
  await panel.shows("running");
  const before = await panel.lastEpoch();
  await expect.poll(() => panel.lastEpoch()).toBeGreaterThan(before);
  expect(run.pid).toBe(pid);
  await expect(vscode.statusBar("long_fit")).toBeVisible();

  await panel.button("Stop").click();
  await panel.shows("cancelled");
  await run.ends("cancelled");
  await expect(vscode.statusBar("long_fit")).toHaveCount(0);
});

test("a panel that was closed is opened again by Show results", async ({ vscode, folder }) => {
  const work = await folder({ "digits.kspec.ts": DIGITS_TRANSFER });
  await vscode.open(work, "digits.kspec.ts");
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");
  await vscode.tab("· fit").click({ button: "middle" });
  await expect(vscode.tab("· fit")).toHaveCount(0);
  await vscode.command("KSpec: Show results");
  await panel.shows("done");
});

/** The command line of the installed extension. */
function kspec(args: string[], cwd: string) {
  const extensions = process.env["KSPEC_EXTENSIONS"] as string;
  const own = readdirSync(extensions).find((name) => name.startsWith("kspec.kspec-")) as string;
  return promisify(execFile)(process.execPath, [path.join(extensions, own, "dist/cli.js"), ...args], { cwd });
}
