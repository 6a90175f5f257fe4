import { ESLint } from "eslint";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.join(import.meta.dirname, "../..");
const eslint = new ESLint({ cwd: root });

/** What lint says of a file at this place that says this. */
async function complaints(file: string, text: string): Promise<string[]> {
  const results = await eslint.lintText(text, { filePath: path.join(root, file) });
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}

test.each([
  // A room that imports nothing.
  ["src/spec/x.ts", 'import { UserError } from "../protocol/index.ts";\nnew UserError("a", "b");\n'],
  ["src/metrics/x.ts", 'import { UserError } from "../protocol/index.ts";\nnew UserError("a", "b");\n'],
  ["src/protocol/x.ts", 'import { listRuns } from "../runs/index.ts";\nlistRuns("");\n'],
  // The host reaches the engine through the worker only, and the engine never reaches back.
  ["src/host/x.ts", 'import { homeFolder } from "../data/home.ts";\nhomeFolder();\n'],
  ["src/data/x.ts", 'import { listRuns } from "../runs/index.ts";\nlistRuns("");\n'],
  ["src/runs/x.ts", 'import { homeFolder } from "../data/home.ts";\nhomeFolder();\n'],
  // The panel lives on messages.
  ["webview/x.tsx", 'import { listRuns } from "../src/runs/index.ts";\nlistRuns("");\n'],
  // Nobody enters the panel.
  ["src/protocol/x.ts", 'import { wilson } from "../../webview/wilson.ts";\nwilson(0, 1);\n'],
])("%s may not say: %s", async (file, text) => {
  expect(await complaints(file, text)).toEqual([expect.stringContaining("import-x/no-restricted-paths")]);
});

test.each([
  ["src/runs/x.ts", "vscode"],
  ["src/language/x.ts", "vscode"],
  ["src/data/x.ts", "@tensorflow/tfjs-core"],
  ["src/jobs/x.ts", "typescript"],
  ["src/engine/x.ts", "sharp"],
  ["webview/panel.tsx", "@vscode/webview-ui-toolkit"],
])("%s may not import the package %s", async (file, name) => {
  expect(await complaints(file, `import * as it from "${name}";\nexport { it };\n`)).toEqual([
    expect.stringContaining("no-restricted-imports"),
  ]);
});

test.each([
  [
    "src/host/x.ts",
    'import * as vscode from "vscode";\nimport { listRuns } from "../runs/index.ts";\nlistRuns(vscode.version);\n',
  ],
  [
    "src/data/x.ts",
    'import sharp from "sharp";\nimport { UserError } from "../protocol/index.ts";\nsharp(new UserError("a", "b").message);\n',
  ],
  ["webview/ui.ts", 'import * as toolkit from "@vscode/webview-ui-toolkit";\nexport { toolkit };\n'],
])("%s may import what belongs to it", async (file, text) => {
  expect(await complaints(file, text)).toEqual([]);
});
