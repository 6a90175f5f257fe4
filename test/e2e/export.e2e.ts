import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { DIGITS_TRANSFER } from "./specs.ts";

test("Export model… writes the fitted model as an ONNX file beside its spec", async ({ vscode, folder }) => {
  const SPEC = "digits.kspec.ts";
  const work = await folder({ [SPEC]: DIGITS_TRANSFER });
  await vscode.open(work, SPEC);
  await vscode.codeLens("Fit model").click();
  await new ResultsPanel(vscode.panel).shows("done");

  await vscode.command("KSpec: Export model");
  await vscode.picks.filter({ hasText: "ONNX" }).first().click();
  const place = vscode.page.locator(".quick-input-widget input.input");
  await expect(place).toHaveValue(path.join(work, "digits_transfer.onnx"));
  await place.press("Enter");
  await expect(vscode.notification("digits_transfer was exported to digits_transfer.onnx.")).toBeVisible();
  const file = path.join(work, "digits_transfer.onnx");
  expect(existsSync(file)).toBe(true);
  expect(statSync(file).size).toBeGreaterThan(10_000);
});
