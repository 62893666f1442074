// What each file of tests stands on: the system and a browser, which end with the file.
import type { Browser } from "playwright-core";
import { beforeAll } from "vitest";

import { launch } from "./browser";
import { system, type System } from "./system";

export let running: System;
export let browser: Browser;

beforeAll(async () => {
  running = await system();
  browser = await launch();
  return async () => {
    await browser.close();
    await running.stop();
  };
});
