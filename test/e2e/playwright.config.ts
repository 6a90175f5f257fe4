import { defineConfig } from "@playwright/test";
import { installChromium } from "./vscode/chromium.mjs";

/** `npm run test:e2e [-- --vscode 1.139]`; results are read from the JSON report by `npm test`. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.e2e.ts",
  outputDir: "../../.tmp/e2e/artifacts",
  globalSetup: "./setup.ts",
  // One editor at a time: the fit of a test needs the cores.
  workers: 1,
  fullyParallel: false,
  // Limits are generous, because a machine may be slow; nothing waits for a fixed time.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  // A second try tells an unlucky moment from a fault; it is reported as flaky, not as passed in silence.
  retries: 1,
  reporter: [["list"], ["json", { outputFile: "../../.tmp/e2e/report.json" }]],
  use: {
    viewport: { width: 1400, height: 900 },
    actionTimeout: 45_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: installChromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
      ],
    },
  },
});
