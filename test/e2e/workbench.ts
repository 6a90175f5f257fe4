import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { address } from "./vscode/server.mjs";

/** A window of VS Code, in the words a person would use for what they do in it. */
export class Workbench {
  readonly page: Page;
  readonly #server: { url: string; authority: string };
  #folder = "";

  constructor(page: Page, server: { url: string; authority: string }) {
    this.page = page;
    this.#server = server;
  }

  /** Opens a folder, and one of its files. */
  async open(folder: string, file?: string): Promise<void> {
    this.#folder = folder;
    await this.page.goto(address(this.#server, folder, file && path.join(folder, file)));
    await expect(this.page.locator(".monaco-workbench")).toBeVisible();
    if (!file) return;
    await expect(this.editor(file).locator(".view-line").first()).toBeVisible();
    // An address that asks for a file makes a reload open that file alone, and restore nothing.
    await this.page.evaluate((url) => history.replaceState(null, "", url), address(this.#server, folder));
  }

  /** By VS Code's own command: the browser's reload would not wait until the editors' state is kept. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("load");
    await this.command("Developer: Reload Window");
    await loaded;
    await expect(this.page.locator(".monaco-workbench")).toBeVisible();
  }

  /** Runs a command by its title, as the palette shows it. */
  async command(title: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    const row = this.picks.filter({ hasText: title }).first();
    // A palette that was opened before an extension was known does not learn of its commands: open it again.
    await expect(async () => {
      if (await input.isVisible()) await input.press("Escape");
      await this.page.keyboard.press("F1");
      await expect(input).toBeVisible({ timeout: 3_000 });
      await input.fill(`>${title}`);
      await expect(row).toBeVisible({ timeout: 3_000 });
    }).toPass();
    await row.click();
  }

  /** Rows of the palette or of a quick pick that is open. */
  get picks(): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row");
  }

  /** Opens another file of the folder. */
  async openFile(file: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    await expect(async () => {
      await this.page.keyboard.press("Control+P");
      await expect(input).toBeVisible({ timeout: 3_000 });
    }).toPass();
    await input.fill(file);
    await this.picks
      .filter({ hasText: path.basename(file) })
      .first()
      .click();
    await expect(this.editor(file)).toBeVisible();
  }

  editor(file: string): Locator {
    return this.page
      .locator(`.editor-instance[data-uri$="/${file}"], .editor-instance:has([data-uri$="/${file}"])`)
      .first();
  }

  /** The text that the command Doctor opens. */
  get doctor(): Locator {
    return this.page.locator('[data-uri^="kspec-doctor:"]').first();
  }

  tab(title: string | RegExp): Locator {
    return this.page.getByRole("tab", { name: title });
  }

  /** Puts the caret at the first occurrence of a text in what the file on disk says; the file must be unchanged. */
  async caretAt(file: string, text: string, offset = 0): Promise<void> {
    const { line, column } = place(await readFile(path.join(this.#folder, file), "utf8"), text, offset);
    await this.goTo(file, line, column);
  }

  async goTo(file: string, line: number, column: number): Promise<void> {
    await expect(this.editor(file)).toBeVisible();
    await this.page.keyboard.press("Control+1");
    const input = this.page.locator(".quick-input-widget input.input");
    await expect(async () => {
      await this.page.keyboard.press("Control+G");
      await expect(input).toBeVisible({ timeout: 3_000 });
    }).toPass();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await expect(this.statusBar(`Ln ${line}, Col ${column}`)).toBeVisible();
  }

  /** Replaces the first occurrence of a text (as on disk) by typing over it. */
  async replace(file: string, text: string, replacement: string): Promise<void> {
    await this.caretAt(file, text);
    for (let step = 0; step < text.length; step++) await this.page.keyboard.press("Shift+ArrowRight");
    await this.page.keyboard.insertText(replacement);
  }

  async undo(): Promise<void> {
    await this.page.keyboard.press("Control+Z");
  }

  async save(): Promise<void> {
    await this.page.keyboard.press("Control+S");
  }

  squiggles(severity: "error" | "warning" | "info" = "error"): Locator {
    return this.page.locator(`.editor-instance .squiggly-${severity}`);
  }

  codeLens(title: string): Locator {
    return this.page.locator(".codelens-decoration a").filter({ hasText: title });
  }

  /**
   * Takes the quick fix of the problem at a text of the file (as on disk), after which the editor shows `mended`.
   * By VS Code's Auto fix: its menu is open for a moment only where there is nothing to choose from.
   */
  async quickFix(file: string, text: string, mended: string | RegExp): Promise<void> {
    await this.caretAt(file, text, 1);
    // Who asks before the server has answered is told that there is nothing to mend.
    await expect(async () => {
      await this.page.keyboard.press("Shift+Alt+.");
      await expect(this.editor(file)).toContainText(mended, { timeout: 3_000 });
    }).toPass();
  }

  /** The hover at a text of the file (as on disk). */
  async hover(file: string, text: string): Promise<Locator> {
    await this.caretAt(file, text, 1);
    const hover = this.page.locator(
      ".monaco-hover:not(.hidden) .hover-contents, .monaco-hover:not(.hidden) .monaco-hover-content",
    );
    // Until TypeScript has loaded the project it answers with half a hover, which it never completes: ask again.
    await expect(async () => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("Control+K");
      await this.page.keyboard.press("Control+I");
      await expect(hover.first()).toBeVisible({ timeout: 3_000 });
      await expect(hover.first()).not.toContainText(/loading\.\.\./i, { timeout: 1_000 });
    }).toPass();
    return this.page.locator(".monaco-hover:not(.hidden)");
  }

  /** Rows of the Problems view without the rows that name a file. */
  async problems(): Promise<Locator> {
    const panel = this.page.locator(".markers-panel");
    if (!(await panel.isVisible())) await this.command("Problems: Focus on Problems View");
    await expect(panel).toBeVisible();
    return panel.locator(".monaco-list-row:has(.marker-icon)");
  }

  statusBar(text: string | RegExp): Locator {
    return this.page.locator(".statusbar-item").filter({ hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page
      .locator(".notifications-toasts .notification-list-item, .notifications-center .notification-list-item")
      .filter({ hasText: text });
  }

  /** The document inside the results panel. */
  get panel(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }
}

function place(content: string, text: string, offset: number): { line: number; column: number } {
  const index = content.indexOf(text);
  if (index < 0) throw new Error(`The file does not say "${text}".`);
  const before = content.slice(0, index + offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
