// `npm run test:e2e [-- --vscode 1.139] [-- --vsix FILE] [-- anything that "playwright test" takes]`
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { VERSIONS } from "./vscode/install.mjs";

const { values, tokens } = parseArgs({
  options: { vscode: { type: "string" }, vsix: { type: "string" } },
  strict: false,
  allowPositionals: true,
  tokens: true,
});
if (values.vscode && !(values.vscode in VERSIONS)) {
  console.error(
    `There is no set-up for VS Code ${values.vscode}. Versions: ${Object.keys(VERSIONS).join(", ")}.`,
  );
  process.exit(2);
}

// What is not ours goes on to Playwright as it was written.
const ours = new Set();
for (const token of tokens) {
  if (token.kind !== "option" || !["vscode", "vsix"].includes(token.name)) continue;
  ours.add(token.index);
  if (!token.inlineValue) ours.add(token.index + 1);
}
const rest = process.argv.slice(2).filter((_, index) => !ours.has(index));

const root = path.join(import.meta.dirname, "../..");
const playwright = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@playwright/test/package.json")),
  "cli.js",
);
const { status } = spawnSync(
  process.execPath,
  [playwright, "test", "--config", "test/e2e/playwright.config.ts", ...rest],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      ...(values.vscode ? { KSPEC_VSCODE: String(values.vscode) } : {}),
      ...(values.vsix ? { KSPEC_VSIX: path.resolve(String(values.vsix)) } : {}),
    },
  },
);
process.exit(status ?? 1);
