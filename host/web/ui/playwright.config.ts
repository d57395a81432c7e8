import { defineConfig } from "@playwright/test";

import { chromium } from "./tests/chromium";

const results = process.env.PLUGGARR_RESULTS;

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  timeout: 600_000,
  expect: { timeout: 60_000 }, // a waiting time, not a measure: machines of CI are slow
  reporter: results ? [["list"], ["junit", { outputFile: results }]] : "list",
  use: {
    launchOptions: {
      executablePath: chromium() ?? "",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
    viewport: { width: 1280, height: 860 },
    trace: "retain-on-failure",
    locale: "en-GB",
  },
});
