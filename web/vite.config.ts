// How the app is built: no inline script, style or font, because the content policy allows none.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env["BASE_URL"] ?? "http://127.0.0.1:8787";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 500, // kB
    rolldownOptions: {
      // What every screen needs and a release seldom changes, so that browsers keep it.
      output: { codeSplitting: { groups: [{ name: "react", test: /node_modules[\\/](react|react-dom|scheduler|i18next|react-i18next)[\\/]/ }] } },
    },
  },
  server: { proxy: { "/v1": backend } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    testTimeout: 30_000, // ms; jsdom is slow on a busy machine
    hookTimeout: 30_000,
    setupFiles: ["src/testing/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
