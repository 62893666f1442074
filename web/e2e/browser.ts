// Debian's Chromium, driven by playwright-core.
import { chromium, type Browser } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: FLAGS });
}

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export function shot(name: string): string {
  return new URL(`./shots/${name}.png`, import.meta.url).pathname;
}
