// Browser tests: real Chromium, one at a time.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: "e2e",
    environment: "node",
    // Vitest has a BASE_URL of its own, and puts it over ours.
    env: { SWITCHBOARD_ORIGIN: process.env["BASE_URL"] ?? "" },
    fileParallelism: false,
    testTimeout: 180_000, // ms
    hookTimeout: 180_000,
    reporters: ["default", "./e2e/tally.ts"],
  },
});
