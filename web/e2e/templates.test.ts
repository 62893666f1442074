// Templates on the whole road: the channel is asked for its own, a new one is handed in, refused the second time, and waits at the top.
import { expect, test } from "vitest";

import { DESK, PHONE, shot } from "./browser";
import { AGENT } from "./customer";
import { findings } from "./findings";
import { browser, running } from "./stage";

async function templates(size: { width: number; height: number }, locale: string) {
  const context = await browser.newContext({ viewport: size, locale });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (line) => line.type() === "error" && !line.text().includes("Failed to load resource") && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${running.origin}/channels`);
  await page.locator("input[type=email]").fill(AGENT.email);
  const password = page.locator("input[type=password]");
  await password.fill(AGENT.password);
  await password.press("Enter");
  await page.locator("main li a").first().click();
  return { page, complaints, close: () => context.close() };
}

/** No two runs against one system hand in the same name. */
const unique = (name: string) => `${name}_${Date.now()}`;

test("a template is handed in with examples, waits for the channel's word, and is not taken twice", async () => {
  const { page, complaints, close } = await templates(DESK, "en");
  await page.getByRole("button", { name: "Ask WhatsApp again" }).click();
  await page.getByText(/^WhatsApp tells of \d+ templates\./).waitFor();
  await page.getByRole("heading", { name: "order_update" }).waitFor();
  await page.screenshot({ path: shot("templates-synced") });
  expect(await findings(page)).toEqual([]);

  const name = unique("late_delivery");
  await write(page, name);
  await page.screenshot({ path: shot("templates-written") });
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Hand in for review" }).click();
  const first = page.getByRole("listitem").first();
  await first.getByRole("heading", { name }).waitFor();
  await first.getByText("In review").waitFor();
  await page.screenshot({ path: shot("templates-handed-in") });

  await write(page, name);
  await page.getByRole("button", { name: "Hand in for review" }).click();
  await page.getByRole("alert").getByText(/There is already content in this language for this template/).waitFor();
  await page.screenshot({ path: shot("templates-refused") });
  expect([await findings(page), complaints]).toEqual([[], []]);
  await close();
});

type Page = Awaited<ReturnType<typeof templates>>["page"];

async function write(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "New template" }).click();
  const form = page.getByRole("form");
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByRole("radio", { name: "Utility" }).check();
  await form.getByLabel("Text", { exact: true }).fill("Hi {{1}}, your order comes on {{2}} instead. We are sorry!");
  await form.getByLabel(/^Example for .*1/).fill("Maya");
  await form.getByLabel(/^Example for .*2/).fill("Sunday");
  await form.getByRole("button", { name: "Answer", exact: true }).click();
  await form.getByLabel("Words on the button").fill("That is fine");
  await form.getByRole("region", { name: "Preview" }).getByText("Hi Maya, your order comes on Sunday instead. We are sorry!").waitFor();
}

test.each([["desk", DESK], ["phone", PHONE]] as const)("in Hebrew, on a %s, a template with a picture above its words is handed in", async (name, size) => {
  const { page, complaints, close } = await templates(size, "he");
  await page.getByRole("link", { name: "תבנית חדשה" }).click();
  const form = page.getByRole("form");
  const called = unique("sale");
  await form.getByLabel("שם", { exact: true }).fill(called);
  await form.getByRole("radio", { name: "שיווק" }).check();
  await form.getByLabel("מעל הטקסט").selectOption("image");
  const picture = { name: "shelf.png", mimeType: "image/png", buffer: Buffer.from(PIXEL, "base64") };
  await form.locator("input[type=file]").setInputFiles(picture);
  await form.getByText("shelf.png").waitFor();
  await form.getByLabel("טקסט", { exact: true }).fill("שלום {{first_name}}, המדף שחיכית לו חזר למלאי.");
  await form.getByLabel(/^דוגמה ל/).fill("מאיה");
  await form.locator("progress").waitFor({ state: "detached" });
  await page.screenshot({ path: shot(`templates-he-${name}-written`) });
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "הגשה לבדיקה" }).click();
  await page.getByRole("listitem").first().getByRole("heading", { name: called }).waitFor();
  await page.screenshot({ path: shot(`templates-he-${name}-handed-in`) });
  expect([await findings(page), complaints]).toEqual([[], []]);
  await close();
});

/** A picture of one point. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
