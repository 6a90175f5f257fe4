import { expect, test } from "./editor.ts";
import { DIGITS_TRANSFER, RESNET_TRANSFER } from "./specs.ts";

const SPEC = "digits.kspec.ts";

test("a mistake is underlined as one types, and no longer when it is mended", async ({ vscode, folder }) => {
  await vscode.open(await folder({ [SPEC]: DIGITS_TRANSFER }), SPEC);
  await expect(vscode.codeLens("Fit model")).toBeVisible();
  await expect(vscode.squiggles()).toHaveCount(0);

  await vscode.replace(SPEC, '"flatten")', '"flaten")');
  await expect(vscode.squiggles()).toHaveCount(1);
  await expect(await vscode.problems()).toHaveCount(1);
  await expect((await vscode.problems()).first()).toContainText('Did you mean "flatten"?');

  await vscode.undo();
  await expect(vscode.squiggles()).toHaveCount(0);
  await expect(await vscode.problems()).toHaveCount(0);
});

test("a mistake that KSpec and TypeScript both see is underlined once, with KSpec's words", async ({
  vscode,
  folder,
}) => {
  const wrong = DIGITS_TRANSFER.replace("fit_epochs: 5", "fit_epohcs: 5");
  await vscode.open(await folder({ [SPEC]: wrong }), SPEC);
  // TypeScript has spoken too, later than KSpec: its own mistake below is there.
  await vscode.caretAt(SPEC, "export default", 0);
  await vscode.page.keyboard.insertText('const n: number = "not one";\n');
  const problems = await vscode.problems();
  await expect(problems.filter({ hasText: "ts2322" })).toHaveCount(1);
  await expect(problems.filter({ hasText: "fit_epohcs" })).toHaveCount(1);
  await expect(problems.filter({ hasText: "fit_epohcs" })).toContainText("fit_epochs");
  await expect(problems).toHaveCount(2);
  await expect(vscode.squiggles()).toHaveCount(2);
});

test("a pretrained base that gets the wrong pixels is a warning, and a quick fix gives it the right ones", async ({
  vscode,
  folder,
}) => {
  const RESNET = "resnet_transfer.kspec.ts";
  await vscode.open(await folder({ [RESNET]: RESNET_TRANSFER }), RESNET);
  await vscode.caretAt(RESNET, "step_rescale");
  await expect(vscode.squiggles("warning")).toHaveCount(2);

  await vscode.quickFix(RESNET, "step_rescale", '.step_preprocess_input("resnet50")');
  await expect(vscode.editor(RESNET)).not.toContainText("step_rescale");
  await expect(vscode.squiggles("warning")).toHaveCount(1);

  await vscode.save();
  await vscode.quickFix(RESNET, "cifar10({", '.step_resize("image", { height: 96, width: 96 })');
  await expect(vscode.squiggles("warning")).toHaveCount(0);
  await expect(vscode.squiggles()).toHaveCount(0);
});

test("a misspelt name is mended by its quick fix", async ({ vscode, folder }) => {
  await vscode.open(await folder({ [SPEC]: DIGITS_TRANSFER.replace('"flatten")', '"flaten")') }), SPEC);
  await vscode.quickFix(SPEC, '"flaten"', 'inp_spec(output_block, "flatten")');
  await expect(vscode.squiggles()).toHaveCount(0);
  await expect(await vscode.problems()).toHaveCount(0);
});

test("half a file is no trouble", async ({ vscode, folder }) => {
  const half = DIGITS_TRANSFER.slice(0, DIGITS_TRANSFER.indexOf("flatten: inp_spec(") + 20);
  await vscode.open(await folder({ [SPEC]: half }), SPEC);
  await expect(vscode.squiggles().first()).toBeVisible();
  // It is mended, and the server that saw the broken text answers on.
  await vscode.page.keyboard.press("Control+End");
  await vscode.page.keyboard.insertText(DIGITS_TRANSFER.slice(half.length));
  await expect(vscode.squiggles()).toHaveCount(0);
  await expect(vscode.codeLens("Fit model")).toBeVisible();
});
