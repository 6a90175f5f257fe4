import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const kspec = fileURLToPath(new URL("./src/kspec/index.ts", import.meta.url));

/** Features that tests compute are nobody else's. */
const cache = mkdtempSync(path.join(os.tmpdir(), "kspec-test-cache-"));
process.on("exit", () => rmSync(cache, { recursive: true, force: true }));

/** Tests that ask TypeScript's type checker, or its server, about whole programs: seconds each. */
const typeTests = [
  "test/kspec/{correct-specs,declarations,many-blocks,mistakes,names-agree,reference,tuning-types,resampling-types}.test.ts",
  "test/host/spec-templates.test.ts",
  "test/tsplugin/**/*.test.ts",
];

// End-to-end tests, in a real VS Code, are Playwright's: test/e2e.
export default defineConfig({
  resolve: { alias: { kspec } },
  test: {
    env: { KSPEC_CACHE: cache, KSPEC_DATA: path.join(cache, "data") },
    projects: [
      {
        extends: true,
        test: {
          // Pure and quick.
          name: "unit",
          include: [
            "test/{kspec,spec,language,metrics,protocol,webview,host,tuning,results}/**/*.test.{ts,tsx}",
          ],
          exclude: typeTests,
        },
      },
      {
        extends: true,
        test: { name: "types", include: typeTests, testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          // Reads files, trains networks, starts processes.
          name: "engine",
          include: ["test/{data,model,engine,runs,jobs,startup,worker,cli,bundles}/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
