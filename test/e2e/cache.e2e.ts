import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { RunFolder } from "./run-folder.ts";
import { DIGITS_TRANSFER } from "./specs.ts";

test("Clear feature cache… shows what is kept, and removes what is chosen", async ({ vscode, folder }) => {
  const SPEC = "digits.kspec.ts";
  const work = await folder({ [SPEC]: DIGITS_TRANSFER });
  await vscode.open(work, SPEC);
  await vscode.codeLens("Fit model").click();
  await new ResultsPanel(vscode.panel).shows("done");
  await (await RunFolder.newest(work)).ends("done");

  await vscode.command("KSpec: Clear feature cache");
  await expect(vscode.picks.filter({ hasText: "digits_base for 28×28×1, 1,024 values" })).toContainText(
    "1,500 entries",
  );
  await vscode.page.keyboard.press("Enter");
  await expect(vscode.notification("6.2 MB were freed.")).toBeVisible();
  await vscode.command("KSpec: Clear feature cache");
  // Where Node does not keep compiled code by itself, KSpec's own is left.
  const code = vscode.picks.filter({ hasText: "KSpec's own code, compiled" });
  await expect(code.or(vscode.notification("The feature cache is empty."))).toBeVisible();
  await expect(vscode.picks.filter({ hasText: "digits_base" })).toHaveCount(0);
});
