import { expect, test } from "./editor.ts";
import { DIGITS_TRANSFER } from "./specs.ts";

test("Doctor opens what computes here as a text that cannot be edited", async ({ vscode, folder }) => {
  const work = await folder({ "digits.kspec.ts": DIGITS_TRANSFER });
  await vscode.open(work, "digits.kspec.ts");
  await vscode.command("KSpec: Doctor");
  await expect(vscode.doctor).toContainText("What would be better");
  await expect(vscode.doctor).toContainText(/ONNX\s+Runtime\s+\d+\.\d+\.\d+/);
  await vscode.page.keyboard.press("Control+Home");
  await vscode.page.keyboard.type("mine");
  await expect(vscode.doctor).toContainText("This computer");
  await expect(vscode.doctor).not.toContainText("mine");
});

test("Install native TensorFlow says what it costs, and installs nothing where a person does not want it", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ "digits.kspec.ts": DIGITS_TRANSFER });
  await vscode.open(work, "digits.kspec.ts");
  await vscode.command("KSpec: Install native TensorFlow");
  const question = vscode.page.getByRole("dialog").filter({ hasText: "Install native TensorFlow?" });
  await expect(question).toContainText(/about 650 MB, in \S+globalStorage\S+tensorflow/);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toHaveCount(0);
  await vscode.command("KSpec: Remove native TensorFlow");
  await expect(vscode.notification("KSpec has installed no native TensorFlow.")).toBeVisible();
});
