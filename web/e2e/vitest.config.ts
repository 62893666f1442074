// Browser tests: real Chromium, one at a time.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { root: "e2e", environment: "node", fileParallelism: false, testTimeout: 120_000, hookTimeout: 180_000 },
});
