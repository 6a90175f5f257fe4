import { expect, test } from "./editor.ts";
import { RunFolder } from "./run-folder.ts";
import { DIGITS_TRANSFER } from "./specs.ts";

// A folder is taken for untrusted at once: versions of VS Code differ in how they ask.
test.use({ trust: false, settings: { "security.workspace.trust.startupPrompt": "never" } });

test("in Restricted Mode mistakes are shown, and Fit model is off and says why", async ({
  vscode,
  folder,
}) => {
  const SPEC = "digits.kspec.ts";
  const work = await folder({ [SPEC]: DIGITS_TRANSFER.replace('"flatten")', '"flaten")') });
  await vscode.open(work, SPEC);
  await expect(vscode.statusBar("Restricted Mode")).toBeVisible();

  await expect(vscode.squiggles()).toHaveCount(1);
  await vscode.command("KSpec: Fit model");
  await expect(vscode.notification("Restricted Mode")).toContainText("fitting runs the code of the spec");
  await expect(
    vscode.notification("Restricted Mode").getByRole("button", { name: "Manage trust" }),
  ).toBeVisible();
  expect(RunFolder.all(work)).toHaveLength(0);
});
