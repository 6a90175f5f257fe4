import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "./editor.ts";
import { ResultsPanel } from "./results-panel.ts";
import { DIGITS_TRANSFER } from "./specs.ts";

/** Ignored by git; somebody looks at them. */
const PICTURES = path.join(import.meta.dirname, "screenshots");

const THEMES = [
  { name: "dark", theme: "Default Dark Modern", body: "vscode-dark" },
  { name: "light", theme: "Default Light Modern", body: "vscode-light" },
  { name: "high-contrast", theme: "Default High Contrast", body: "vscode-high-contrast" },
];

test("pictures of the panel in each theme, and narrow", async ({ vscode, folder }) => {
  await mkdir(PICTURES, { recursive: true });
  await vscode.page.setViewportSize({ width: 1600, height: 1000 });
  const work = await folder({ "digits_transfer.kspec.ts": DIGITS_TRANSFER, ".vscode/settings.json": "{}" });
  await vscode.open(work, "digits_transfer.kspec.ts");
  await vscode.codeLens("Fit model").click();
  const panel = new ResultsPanel(vscode.panel);
  await panel.shows("done");
  await vscode.command("View: Close Primary Side Bar");
  await vscode.command("Notifications: Clear All Notifications");

  for (const { name, theme, body } of THEMES) {
    await writeFile(
      path.join(work, ".vscode/settings.json"),
      JSON.stringify({ "workbench.colorTheme": theme }),
    );
    await expect(panel.frame.locator("body")).toHaveClass(new RegExp(`${body}(\\s|$)`));
    await vscode.page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
    const image = await panel.main.screenshot();
    await writeFile(path.join(PICTURES, `${name}-panel.png`), image);
  }

  await vscode.page.setViewportSize({ width: 880, height: 1000 });
  await expect.poll(async () => (await panel.main.boundingBox())?.width ?? 0).toBeLessThan(480);
  // Nothing is cut off at this width: the page does not scroll sideways.
  const overflow = await panel.main.evaluate(
    ({ ownerDocument: { documentElement } }) => documentElement.scrollWidth - documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await vscode.page.screenshot({ path: path.join(PICTURES, "narrow.png") });
});
