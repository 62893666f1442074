// The road in a real browser: a customer writes, an agent answers, the ticks arrive; in English and in Hebrew.
import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";

import { DESK, PHONE, shot } from "./browser";
import { AGENT, Customer } from "./customer";
import { findings } from "./findings";
import { browser, running } from "./stage";

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
  await customer.posts([{ type: "location", location: { latitude: 32.08, longitude: 34.78 } }]);
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

/** A second of silence, as a WAV file. */
function silence(): Uint8Array<ArrayBuffer> {
  const [rate, body] = [8_000, new Uint8Array(44 + 8_000).fill(128)];
  const view = new DataView(body.buffer);
  const words: [number, string][] = [[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]];
  for (const [at, word] of words) new TextEncoder().encode(word).forEach((byte, index) => view.setUint8(at + index, byte));
  const numbers: [number, number, 16 | 32][] = [[4, 36 + rate, 32], [16, 16, 32], [20, 1, 16], [22, 1, 16], [24, rate, 32], [28, rate, 32], [32, 1, 16], [34, 8, 16], [40, rate, 32]];
  for (const [at, number, bits] of numbers) {
    if (bits === 16) view.setUint16(at, number, true);
    else view.setUint32(at, number, true);
  }
  return body;
}

test("a picture, a voice note and a document come, are shown, played and saved", async () => {
  const { page, context, complaints } = await sitDown(ENGLISH, DESK);
  const customer = new Customer(running.origin, "Lena Hoffmann");
  await customer.writes("Here is the receipt.");
  await page.getByRole("option").filter({ hasText: "Lena Hoffmann" }).click();
  const thread = page.getByRole("log", { name: ENGLISH.thread });
  await customer.sends("image", "image/png", new Uint8Array(await page.screenshot()));
  const picture = thread.getByRole("img", { name: "Photo", exact: true });
  await picture.waitFor();
  // It is loaded, and it is the thumbnail: smaller than what was sent.
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth), { timeout: 20_000 }).toBe(640);

  await customer.sends("audio", "audio/wav", silence(), { voice: true });
  const sound = thread.locator("audio");
  await sound.waitFor();
  await expect.poll(() => sound.evaluate((audio: HTMLAudioElement) => Math.round(audio.duration)), { timeout: 20_000 }).toBe(1);

  await customer.sends("document", "application/pdf", new TextEncoder().encode("%PDF-1.7 a receipt"), { name: "receipt.pdf" });
  const row = thread.getByRole("link", { name: "Save receipt.pdf" });
  await row.waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), row.click()]);
  expect(download.suggestedFilename()).toBe("receipt.pdf");
  await page.screenshot({ path: shot("road-files") });
  expect(await findings(page)).toEqual([]);
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

test("an owner sees how a number stands, tests it, and is told what is wrong with a token", async () => {
  const { page, context, complaints } = await sitDown(ENGLISH, DESK);
  await page.getByRole("button", { name: "Channels" }).click();
  const card = page.getByRole("listitem").first();
  await card.getByText("Connected", { exact: true }).waitFor();
  await card.getByRole("button", { name: "Test" }).click();
  await card.getByText("It works.").waitFor();
  await page.screenshot({ path: shot("road-en-channels") });
  expect(await findings(page)).toEqual([]);

  await card.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Access token").fill("not-one-of-ours");
  await dialog.getByRole("button", { name: "Reconnect" }).click();
  await dialog.getByText("WhatsApp does not accept this token.").waitFor();
  await page.screenshot({ path: shot("road-en-channels-refused") });
  expect(await findings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await card.getByText("Connected", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Back to the inbox" }).click();
  await page.getByRole("navigation", { name: "Views" }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("on a phone the channels are behind one's own menu", async () => {
  const { page, context } = await sitDown(HEBREW, PHONE);
  await page.getByRole("button", { name: HEBREW.preferences }).click();
  await page.getByRole("menuitem", { name: "ערוצים" }).click();
  await page.getByText("מחובר", { exact: true }).first().waitFor();
  await page.screenshot({ path: shot("road-he-channels-phone") });
  expect(await findings(page)).toEqual([]);
  await context.close();
});
