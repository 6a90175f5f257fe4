import { expect, test } from "./editor.ts";
import { DIGITS_TRANSFER } from "./specs.ts";

const SPEC = "digits.kspec.ts";

test("in a bare folder the module kspec has types and docs", async ({ vscode, folder }) => {
  await vscode.open(await folder({ [SPEC]: DIGITS_TRANSFER }), SPEC);
  const hover = await vscode.hover(SPEC, "inp_spec(digits_base_block");
  await expect(hover).toContainText("inp_spec");
  await expect(hover).toContainText("Says which blocks a block reads.");
  await expect(await vscode.problems()).toHaveCount(0);
});

test("arguments that a model generates are completed", async ({ vscode, folder }) => {
  await vscode.open(await folder({ [SPEC]: DIGITS_TRANSFER }), SPEC);
  await vscode.hover(SPEC, "inp_spec(digits_base_block");
  await vscode.page.keyboard.press("Escape");
  await vscode.caretAt(SPEC, "fit_validation_split: 0.2 }", "fit_validation_split: 0.2".length);
  await vscode.page.keyboard.type(", fit_b");
  const suggestion = vscode.page
    .locator(".suggest-widget .monaco-list-row")
    .filter({ hasText: "fit_batch_size" });
  await expect(async () => {
    await vscode.page.keyboard.press("Control+Space");
    await expect(suggestion).toBeVisible({ timeout: 5_000 });
  }).toPass();
});

test("a spec may import its neighbours", async ({ vscode, folder }) => {
  const blocks = `import { layers, type Block } from "kspec";\nexport const flatten_block = ({ tensor }: Block) => layers.flatten().apply(tensor);\n`;
  const spec = DIGITS_TRANSFER.replace(/const flatten_block.*\n/, "").replace(
    'from "kspec";',
    'from "kspec";\nimport { flatten_block } from "./blocks";',
  );
  await vscode.open(await folder({ [SPEC]: spec, "blocks.ts": blocks }), SPEC);
  await expect(vscode.codeLens("Fit model")).toBeVisible();
  const hover = await vscode.hover(SPEC, 'flatten_block, "digits_base"');
  await expect(hover).toContainText("Block");
  await expect(await vscode.problems()).toHaveCount(0);
  await vscode.openFile("blocks.ts");
  await expect(vscode.squiggles()).toHaveCount(0);
});
