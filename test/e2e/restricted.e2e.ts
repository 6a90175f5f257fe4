import { expect, test } from "./editor.ts";
import { RunFolder } from "./run-folder.ts";
import { DIGITS_TRANSFER } from "./specs.ts";

test.use({ trust: false });

test("in Restricted Mode mistakes are shown, and Fit model is off and says why", async ({
  vscode,
  folder,
}) => {
  const SPEC = "digits.kspec.ts";
  const work = await folder({ [SPEC]: DIGITS_TRANSFER.replace('"flatten")', '"flaten")') });
  await vscode.open(work, SPEC);
  const question = vscode.dialog("trust the authors");
  await question.getByRole("button", { name: /No, I don't trust/ }).click();
  await expect(vscode.statusBar("Restricted Mode")).toBeVisible();

  await expect(vscode.squiggles()).toHaveCount(1);
  await vscode.command("KSpec: Fit model");
  await expect(vscode.notification("Restricted Mode")).toContainText("fitting runs the code of the spec");
  await expect(
    vscode.notification("Restricted Mode").getByRole("button", { name: "Manage trust" }),
  ).toBeVisible();
  expect(RunFolder.all(work)).toHaveLength(0);
});
