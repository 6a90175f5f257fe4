import { expect, test as base } from "@playwright/test";
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer } from "./vscode/server.mjs";
import { RunFolder } from "./run-folder.ts";
import { Workbench } from "./workbench.ts";

export { expect } from "@playwright/test";

interface Options {
  /** User settings for every window of a test file. */
  readonly settings: Record<string, unknown>;
  /** false: folders are not trusted until the person says so. */
  readonly trust: boolean;
}

interface Fixtures {
  /** Makes a folder, outside any repository, with these files: text, or the path of a file to copy. */
  readonly folder: (files: Record<string, string | { readonly from: string }>) => Promise<string>;
  readonly vscode: Workbench;
}

/** What is typed is what stands in the text: the editor adds no quote, bracket or indentation of its own. */
const AS_TYPED = {
  "editor.autoClosingQuotes": "never",
  "editor.autoClosingBrackets": "never",
  "editor.autoSurround": "never",
  "editor.autoIndent": "none",
};

export const test = base.extend<Fixtures, Options & { server: Awaited<ReturnType<typeof startServer>> }>({
  settings: [{}, { option: true, scope: "worker" }],
  trust: [true, { option: true, scope: "worker" }],

  // One server serves all tests of one kind: windows, and their extension hosts, are fresh each time.
  server: [
    async ({ settings, trust }, use) => {
      const home = await mkdtemp(path.join(tmpdir(), "kspec-e2e-server-"));
      const version = process.env["KSPEC_VSCODE"];
      const extensions = process.env["KSPEC_EXTENSIONS"] ?? "";
      const server = await startServer({
        folder: home,
        extensions,
        version,
        settings: { ...AS_TYPED, ...settings },
        trust,
      });
      await use(server);
      await server.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
    { scope: "worker" },
  ],

  folder: async ({}, use) => {
    const made: string[] = [];
    await use(async (files) => {
      const folder = await realpath(await mkdtemp(path.join(tmpdir(), "kspec-e2e-work-")));
      made.push(folder);
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(folder, name);
        await mkdir(path.dirname(file), { recursive: true });
        if (typeof content === "string") await writeFile(file, content);
        else await cp(content.from, file, { recursive: true });
      }
      return folder;
    });
    // A test that failed in the middle of a fit leaves no process behind.
    for (const run of made.flatMap((folder) => RunFolder.all(folder))) if (!run.ended) endProcess(run.pid);
    for (const folder of made) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },

  vscode: async ({ page, server }, use) => {
    // An exception in the panel leaves a part of it out, which is easily overlooked.
    const exceptions: string[] = [];
    page.on("pageerror", (error) => {
      if (error.stack?.includes("webview.js")) exceptions.push(error.stack);
    });
    await use(new Workbench(page, server));
    expect(exceptions, "exceptions in the panel").toEqual([]);
  },
});

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
