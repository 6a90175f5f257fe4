import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";

test("New spec… writes a spec without mistakes, which fits at once", async ({ vscode, folder }) => {
  const work = await folder({ "notes.md": "# Notes\n" });
  await vscode.open(work);
  await vscode.command("KSpec: New spec");
  await vscode.picks.filter({ hasText: "digits" }).first().click();
  const name = vscode.page.locator(".quick-input-widget input.input");
  await expect(name).toHaveValue("digits_transfer.kspec.ts");
  await name.press("Enter");

  await vscode.notification("was made").getByRole("button", { name: "Fit model" }).click();
  await new ResultsPanel(vscode.panel).shows("done");
  expect((await RunFolder.newest(work)).estimate("accuracy")).toBeGreaterThan(0.9);
  await expect(await vscode.problems()).toHaveCount(0);
});

test("a new spec that was not wanted is taken back", async ({ vscode, folder }) => {
  const work = await folder({ "notes.md": "# Notes\n" });
  await vscode.open(work);
  await vscode.command("KSpec: New spec");
  await vscode.picks.filter({ hasText: "digits" }).first().click();
  const name = vscode.page.locator(".quick-input-widget input.input");
  await expect(name).toHaveValue("digits_transfer.kspec.ts");
  await name.fill("other.kspec.ts");
  await name.press("Enter");
  await expect(vscode.editor("other.kspec.ts")).toBeVisible();

  await vscode.notification("was made").getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => existsSync(path.join(work, "other.kspec.ts"))).toBe(false);
});
