// The road in a real browser: a customer writes, an agent answers, the ticks arrive; in English and in Hebrew.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";

import { DESK, PHONE, launch, shot } from "./browser";
import { AGENT, Customer } from "./customer";
import { findings } from "./findings";
import { system, type System } from "./system";

let running: System;
let browser: Browser;

beforeAll(async () => {
  running = await system();
  browser = await launch();
  return async () => {
    await browser.close();
    await running.stop();
  };
});

interface Words {
  locale: string;
  email: string;
  password: string;
  signIn: string;
  reply: RegExp;
  thread: RegExp;
  ticks: [sent: RegExp, delivered: string, read: string];
  preferences: RegExp;
}

const ENGLISH: Words = {
  locale: "en", email: "E-mail", password: "Password", signIn: "Sign in", reply: /^Reply to/, thread: /^Messages with/,
  ticks: [/^(Sent|Delivered)$/, "Delivered", "Read"], preferences: /^Preferences of/,
};
const HEBREW: Words = {
  locale: "he", email: "דואר אלקטרוני", password: "סיסמה", signIn: "כניסה", reply: /^תשובה ל/, thread: /^הודעות עם/,
  ticks: [/^(נשלחה|נמסרה)$/, "נמסרה", "נקראה"], preferences: /^ההעדפות של/,
};

interface Desk {
  page: Page;
  context: BrowserContext;
  complaints: string[];
}

async function sitDown(words: Words, size: { width: number; height: number }, email = AGENT.email): Promise<Desk> {
  const context = await browser.newContext({ viewport: size, locale: words.locale });
  const page = await context.newPage();
  const complaints: string[] = [];
  // A 401 before signing in is an answer, not a fault; the browser prints it all the same.
  page.on("console", (line) => line.type() === "error" && !line.text().includes("Failed to load resource") && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(running.origin);
  await page.getByLabel(words.email).fill(email);
  await page.getByLabel(words.password).fill(AGENT.password);
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: words.signIn, exact: true }).click();
  await page.getByRole("navigation").first().waitFor();
  return { page, context, complaints };
}

test.each([
  ["English", ENGLISH, "Maya Cohen", "Hello! Is the Oak table still in stock?", "It is, we have three. Shall I keep one for you?"],
  ["Hebrew", HEBREW, "יעל אברהמי", "שלום! השולחן Oak 140×80 עדיין במלאי?", "כן, נשארו שלושה. לשמור לך אחד?"],
])("in %s a customer's message appears without a reload, the agent answers, and the ticks go to read", async (_, words, name, said, answer) => {
  const { page, context, complaints } = await sitDown(words, DESK);
  const customer = new Customer(running.origin, name);
  await customer.writes(said);
  const row = page.getByRole("option").filter({ hasText: name });
  await row.waitFor();
  expect(await page.title()).toMatch(/^\(\d+\) /);
  await page.screenshot({ path: shot(`road-${words.locale}-list`) });

  await row.click();
  const thread = page.getByRole("log", { name: words.thread });
  await thread.getByText(said).waitFor();
  await page.getByRole("textbox", { name: words.reply }).fill(answer);
  await page.keyboard.press("Control+Enter");
  await thread.getByText(answer).waitFor();
  await thread.getByRole("img", { name: words.ticks[0] }).waitFor();
  await thread.getByRole("img", { name: words.ticks[1], exact: true }).waitFor();
  await customer.reads();
  await thread.getByRole("img", { name: words.ticks[2], exact: true }).waitFor();
  await customer.sharesLocation();
  await thread.getByRole("article").nth(2).waitFor();
  await page.screenshot({ path: shot(`road-${words.locale}-thread`) });
  expect(await findings(page)).toEqual([]);

  // The session outlives a reload, and a fresh load shows the same.
  await page.reload();
  await thread.getByText(answer).waitFor();
  await thread.getByRole("img", { name: words.ticks[2], exact: true }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("on a phone, one pane at a time", async () => {
  const { page, context, complaints } = await sitDown(ENGLISH, PHONE);
  const customer = new Customer(running.origin, "สมหญิง แก้วใส");
  await customer.writes("สวัสดีค่ะ สินค้าพร้อมส่งไหมคะ");
  const row = page.getByRole("option").filter({ hasText: "สมหญิง" });
  await row.click();
  await page.getByRole("log", { name: ENGLISH.thread }).getByText("สวัสดีค่ะ").waitFor();
  expect(await page.getByRole("listbox").isVisible()).toBe(false);
  await page.screenshot({ path: shot("road-phone-thread") });
  await page.getByRole("button", { name: "Back to the list" }).click();
  await row.waitFor();
  await page.screenshot({ path: shot("road-phone-list") });
  expect(await findings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("two agents in one thread see each other, and the one who answers second is told first", async () => {
  const ada = await sitDown(ENGLISH, DESK);
  const noa = await sitDown(ENGLISH, DESK, AGENT.teammate);
  const customer = new Customer(running.origin, "Omar Khatib");
  await customer.writes("Who is there?");
  for (const { page } of [ada, noa]) {
    await page.getByRole("option").filter({ hasText: "Omar Khatib" }).click();
    await page.getByRole("log", { name: ENGLISH.thread }).getByText("Who is there?").waitFor();
  }
  await ada.page.getByText(/is viewing$/).first().waitFor({ state: "attached" });
  const noas = noa.page.getByRole("textbox", { name: ENGLISH.reply });
  await noas.pressSequentially("I am.");
  await ada.page.getByText(/is typing…$/).waitFor();
  await ada.page.screenshot({ path: shot("road-company") });

  // Ada writes on what she saw before Noa's answer came; her browser has lost the line meanwhile.
  await ada.page.getByRole("textbox", { name: ENGLISH.reply }).fill("Me too.");
  await ada.page.route("**/v1/sync*", (route) => route.abort());
  await ada.page.evaluate(() => window.dispatchEvent(new Event("offline")));
  await noas.press("Control+Enter");
  await noa.page.getByRole("img", { name: /^(Sent|Delivered)$/ }).waitFor();
  await ada.page.getByRole("textbox", { name: ENGLISH.reply }).press("Control+Enter");
  await ada.page.getByRole("alertdialog").waitFor();
  expect(await findings(ada.page)).toEqual([]);
  await ada.page.unroute("**/v1/sync*");
  await ada.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await ada.page.getByRole("button", { name: "Read it first" }).click();
  await ada.page.getByRole("log", { name: ENGLISH.thread }).getByText("I am.").waitFor();
  expect(await ada.page.getByRole("textbox", { name: ENGLISH.reply }).inputValue()).toBe("Me too.");
  expect([...ada.complaints, ...noa.complaints]).toEqual([]);
  await ada.context.close();
  await noa.context.close();
});
