// What is more than words, on the whole road: an agent sends it, the customer's phone shows it and presses it, the thread tells.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { DESK, PHONE, shot } from "./browser";
import { AGENT, Customer, PHONE_NUMBER_ID } from "./customer";
import { findings } from "./findings";
import { browser, running } from "./stage";

interface Seat {
  page: Page;
  complaints: string[];
  close: () => Promise<void>;
}

async function open(path: string, size: { width: number; height: number }, locale: string): Promise<Seat> {
  const context = await browser.newContext({ viewport: size, locale, colorScheme: locale === "he" ? "dark" : "light" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (line) => line.type() === "error" && !line.text().includes("Failed to load resource") && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${running.origin}${path}`);
  return { page, complaints, close: () => context.close() };
}

async function agent(customer: Customer, size = DESK, locale = "en"): Promise<Seat> {
  const seat = await open("/", size, locale);
  const [email, password] = [seat.page.locator("input[type=email]"), seat.page.locator("input[type=password]")];
  await email.fill(AGENT.email);
  await password.fill(AGENT.password);
  await password.press("Enter");
  await seat.page.getByRole("option").filter({ hasText: customer.name }).click();
  await seat.page.getByRole("log").waitFor();
  return seat;
}

const phoneOf = (customer: Customer) => open(`/simulator#${PHONE_NUMBER_ID}/${customer.number}`, PHONE, "en");

async function compose(page: Page, entry: string) {
  await page.getByRole("button", { name: "More to send" }).click();
  await page.getByRole("menuitem", { name: entry }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  return dialog;
}

test("a location, a card, buttons and a list reach the phone; what is pressed there stands in the thread", async () => {
  const customer = new Customer(running.origin, "Ines Duarte");
  await customer.writes("Where can I see the table?");
  const { page, complaints, close } = await agent(customer);
  const phone = await phoneOf(customer);
  const chat = phone.page.getByRole("log");
  const thread = page.getByRole("log", { name: /^Messages with/ });

  let dialog = await compose(page, "Location");
  await dialog.getByLabel("Coordinates or map link").fill("https://www.google.com/maps/place/Acme+Showroom/@32.0853,34.7818,17z");
  await dialog.getByLabel("Address").fill("Dizengoff 50, Tel Aviv");
  await page.screenshot({ path: shot("compose-location") });
  expect(await findings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await thread.getByText("Acme Showroom").waitFor();
  await chat.getByText("Dizengoff 50, Tel Aviv").waitFor();

  dialog = await compose(page, "Contact card");
  await dialog.getByRole("button", { name: "Choose from the team" }).click();
  await page.getByRole("menuitem").filter({ hasText: AGENT.teammate }).click();
  await dialog.getByLabel("Phone", { exact: true }).fill("+972 54 555 0182");
  await page.screenshot({ path: shot("compose-card") });
  expect(await findings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await chat.getByText(AGENT.teammate).waitFor();

  await page.getByRole("textbox", { name: /^Reply to/ }).fill("Shall we keep it for you?");
  dialog = await compose(page, "Reply buttons");
  await dialog.getByLabel("Button 1", { exact: true }).fill("Yes, please");
  await dialog.getByLabel("Button 2", { exact: true }).fill("Yes, please");
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  // The server's own refusal, at the field that it names.
  await dialog.getByText("An earlier one says the same.").waitFor();
  await page.screenshot({ path: shot("compose-buttons-refused") });
  expect(await findings(page)).toEqual([]);
  await dialog.getByLabel("Button 2", { exact: true }).fill("No, thank you");
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await chat.getByRole("button", { name: "Yes, please" }).click();
  await thread.locator("[data-chosen]").filter({ hasText: "Yes, please" }).waitFor();

  await page.getByRole("textbox", { name: /^Reply to/ }).fill("Which size?");
  dialog = await compose(page, "List to choose from");
  await dialog.getByLabel("Button that opens the list").fill("Sizes");
  await dialog.getByLabel("Choice 1", { exact: true }).fill("Small");
  await dialog.getByLabel("Choice 2", { exact: true }).fill("Large");
  await dialog.getByLabel("Description", { exact: true }).last().fill("Seats six");
  await page.screenshot({ path: shot("compose-list") });
  expect(await findings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await chat.getByText("Sizes").click();
  await phone.page.screenshot({ path: shot("compose-phone") });
  await chat.getByRole("button", { name: "Large" }).click();
  await thread.locator("[data-chosen]").filter({ hasText: "Large" }).waitFor();

  await page.getByRole("textbox", { name: /^Reply to/ }).fill("Pay here:");
  dialog = await compose(page, "Link button");
  await dialog.getByLabel("Words on the button").fill("Pay the deposit");
  await dialog.getByLabel("Address").fill("https://acme.test/pay");
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await chat.getByRole("link", { name: "Pay the deposit" }).waitFor();
  await page.waitForTimeout(400);
  await page.screenshot({ path: shot("compose-thread") });
  await phone.page.screenshot({ path: shot("compose-phone-answered") });
  expect([await findings(page), complaints, phone.complaints]).toEqual([[], [], []]);
  await phone.close();
  await close();
});

test("a scheduled reply says when, and is taken back", async () => {
  const customer = new Customer(running.origin, "Paulo Reis");
  await customer.writes("Call me tomorrow?");
  const { page, complaints, close } = await agent(customer);
  const thread = page.getByRole("log", { name: /^Messages with/ });
  await page.getByRole("textbox", { name: /^Reply to/ }).fill("Good morning, Paulo!");
  await page.getByRole("button", { name: "More to send" }).click();
  await page.getByRole("menuitem", { name: "Send later" }).click();
  await page.getByRole("menuitem", { name: /^Pick a time/ }).waitFor();
  await page.screenshot({ path: shot("compose-later") });
  expect(await findings(page)).toEqual([]);
  await page.getByRole("menuitem", { name: /^Tomorrow morning/ }).click();
  await thread.getByText("Good morning, Paulo!").waitFor();
  await thread.getByRole("img", { name: "Scheduled" }).waitFor();
  await page.screenshot({ path: shot("compose-scheduled") });
  expect(await findings(page)).toEqual([]);
  await thread.getByRole("button", { name: "Do not send" }).click();
  await thread.getByText("Good morning, Paulo!").waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
  await close();
});

test.each([["desk", DESK], ["phone", PHONE]] as const)("in Hebrew, on a %s, the menu and the forms read from the right", async (name, size) => {
  const customer = new Customer(running.origin, `רותם ${name}`);
  await customer.writes("איפה אפשר לראות את השולחן?");
  const { page, complaints, close } = await agent(customer, size, "he");
  await page.getByRole("textbox", { name: /^תשובה ל/ }).fill("לשמור לך אחד?");
  await page.getByRole("button", { name: "עוד לשליחה" }).click();
  await page.getByRole("menu").waitFor();
  await page.waitForTimeout(300);
  await page.screenshot({ path: shot(`compose-he-${name}-menu`) });
  expect(await findings(page)).toEqual([]);
  await page.getByRole("menuitem", { name: "כפתורי תשובה" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("כפתור 1", { exact: true }).fill("כן, תודה");
  await dialog.getByLabel("כפתור 2", { exact: true }).fill("לא הפעם, אולי בחודש הבא");
  await page.waitForTimeout(300);
  await page.screenshot({ path: shot(`compose-he-${name}-buttons`) });
  expect(await findings(page)).toEqual([]);
  await dialog.getByLabel("כפתור 2", { exact: true }).fill("לא הפעם");
  await dialog.getByRole("button", { name: "שליחה", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "עוד לשליחה" }).click();
  await page.getByRole("menuitem", { name: "מיקום" }).click();
  await page.getByRole("dialog").getByLabel("קואורדינטות או קישור למפה").fill("32.0853, 34.7818");
  await page.waitForTimeout(300);
  await page.screenshot({ path: shot(`compose-he-${name}-location`) });
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.screenshot({ path: shot(`compose-he-${name}-thread`) });
  expect([await findings(page), complaints]).toEqual([[], []]);
  await close();
});
