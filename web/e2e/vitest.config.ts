// Browser tests: real Chromium, one at a time.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: "e2e",
    environment: "node",
    fileParallelism: false,
    testTimeout: 180_000, // ms
    hookTimeout: 180_000,
    reporters: ["default", "./e2e/tally.ts"],
  },
});
