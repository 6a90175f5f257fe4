import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "./editor.ts";
import { RunFolder } from "./run-folder.ts";
import { DIGITS_TRANSFER, DIGITS_TUNE } from "./specs.ts";

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

test("in Restricted Mode nothing is tuned, and each command of tuning says why", async ({
  vscode,
  folder,
}) => {
  const work = await folder({ "digits_tune.kspec.ts": DIGITS_TUNE });
  await vscode.open(work, "digits_tune.kspec.ts");
  await expect(vscode.statusBar("Restricted Mode")).toBeVisible();
  for (const title of ["Tune model", "Fit best", "Use best values"]) {
    await vscode.command(`KSpec: ${title}`);
    await expect(vscode.notification(`${title} is off in Restricted Mode`)).toBeVisible();
  }
  expect(RunFolder.all(work)).toHaveLength(0);
});

test("in Restricted Mode native TensorFlow is not installed, and Doctor leaves the workspace's own out", async ({
  vscode,
  folder,
}) => {
  // Whoever loads it leaves a file behind.
  const work = await folder({
    "digits.kspec.ts": DIGITS_TRANSFER,
    "node_modules/@tensorflow/tfjs-node/package.json": "{}",
    "node_modules/@tensorflow/tfjs-node/lib/binding.txt": "",
    "node_modules/@tensorflow/tfjs-node/index.js":
      'require("node:fs").writeFileSync(require("node:path").join(__dirname, "ran.txt"), "");',
  });
  await vscode.open(work, "digits.kspec.ts");
  for (const title of ["Install native TensorFlow", "Remove native TensorFlow"]) {
    await vscode.command(`KSpec: ${title}`);
    await expect(vscode.notification(`${title} is off in Restricted Mode`)).toBeVisible();
  }
  await vscode.command("KSpec: Doctor");
  await expect(vscode.doctor).toContainText("This workspace is in Restricted Mode");
  await expect(vscode.doctor).toContainText("What would be better");
  await expect(vscode.doctor).toContainText(/Native\s+TensorFlow\s+not\s+installed/);
  expect(existsSync(path.join(work, "node_modules/@tensorflow/tfjs-node/ran.txt"))).toBe(false);
});
