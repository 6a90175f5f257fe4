import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const kspec = fileURLToPath(new URL("./src/kspec/index.ts", import.meta.url));

// `unit` is pure and quick; `engine` trains networks and starts processes. End-to-end tests live in test/e2e.
export default defineConfig({
  resolve: { alias: { kspec } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/{kspec,spec,language,tsplugin,metrics,protocol,webview,host}/**/*.test.{ts,tsx}"],
        },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/{data,model,engine,runs,jobs,worker,cli,bundles}/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
