// Makes the schemas and types of the API from docs/openapi.json; with --check, says whether the checked-in ones still fit.
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createClient } from "@hey-api/openapi-ts";

const web = fileURLToPath(new URL("..", import.meta.url));
const kept = join(web, "src/api/generated");

/**
 * Our numbers count rows and revisions, far below 2^53: plain numbers, where `int64` would give bigints.
 * Ids are opaque to us, so their lengths are the server's business.
 */
function asWeReadIt(node) {
  if (Array.isArray(node)) return node.map(asWeReadIt);
  if (node === null || typeof node !== "object") return node;
  const isLength = (key, value) => (key === "minLength" || key === "maxLength") && typeof value === "number";
  const isWidth = (key, value) => key === "format" && /^u?int\d+$/.test(String(value));
  const entries = Object.entries(node).filter(([key, value]) => !isLength(key, value) && !isWidth(key, value));
  return Object.fromEntries(entries.map(([key, value]) => [key, asWeReadIt(value)]));
}

async function generate(output) {
  const input = asWeReadIt(JSON.parse(await readFile(join(web, "../docs/openapi.json"), "utf8")));
  await createClient({
    input,
    output: { path: output, clean: true },
    logs: { level: "error", file: false },
    plugins: ["@hey-api/typescript", { name: "zod", compatibilityVersion: 4, requests: false, responses: false, definitions: true }],
  });
}

async function contents(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts")).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")])));
}

if (process.argv.includes("--check")) {
  const fresh = await mkdtemp(join(tmpdir(), "switchboard-api-"));
  await generate(fresh);
  const [now, wanted] = [await contents(kept), await contents(fresh)];
  await rm(fresh, { recursive: true });
  if (JSON.stringify(now) !== JSON.stringify(wanted)) {
    console.error("web/src/api/generated does not fit docs/openapi.json: run `npm run generate` in web/ and look at what changed.");
    process.exit(1);
  }
} else {
  await generate(kept);
}
