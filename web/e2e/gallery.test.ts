// Every screen against the fake server, for people to look at: both sizes, both themes, both directions.
import type { Browser, BrowserContext, Locator, Page, WebSocketRoute } from "playwright-core";
import { preview, type PreviewServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

import { FakeServer, refusal } from "../src/testing/fake-server";
import { MANY_TEMPLATES, crowd, message } from "../src/testing/fixtures";
import { DESK, PHONE, launch, shot } from "./browser";
import { findings } from "./findings";

/** The policy that the app is served with; the preview has no other server to say it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self' wss://socket.test; base-uri 'none'; form-action 'none'";

let browser: Browser;
let server: PreviewServer;
let origin: string;

beforeAll(async () => {
  server = await preview({ root: new URL("..", import.meta.url).pathname, preview: { port: 0, headers: { "content-security-policy": POLICY } }, logLevel: "silent" });
  origin = server.resolvedUrls?.local[0]?.replace(/\/$/, "") ?? "";
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

interface Look {
  size: { width: number; height: number };
  language: string;
  theme: "light" | "dark";
}

class Visit {
  readonly complaints: string[] = [];
  socket: WebSocketRoute | null = null;

  constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly fake: FakeServer,
  ) {}

  say(frame: object): void {
    this.socket?.send(JSON.stringify(frame));
  }
}

async function visit(look: Look, prepare: (fake: FakeServer) => void = () => undefined): Promise<Visit> {
  const context = await browser.newContext({ viewport: look.size, locale: look.language, colorScheme: look.theme, hasTouch: look.size === PHONE, isMobile: look.size === PHONE });
  await context.addInitScript((language) => {
    const key = "switchboard.preferences";
    if (localStorage.getItem(key) === null) localStorage.setItem(key, JSON.stringify({ language }));
  }, look.language);
  const page = await context.newPage();
  const fake = new FakeServer(() => Date.now());
  prepare(fake);
  const made = new Visit(page, context, fake);
  page.on("console", (line) => line.type() === "error" && !line.text().includes("Failed to load resource") && made.complaints.push(line.text()));
  page.on("pageerror", (error) => made.complaints.push(error.message));
  await page.route("**/v1/**", async (route) => {
    const asked = route.request();
    const url = new URL(asked.url());
    try {
      const { status, body } = fake.answer({ method: asked.method(), path: url.pathname.slice(3) + url.search, headers: asked.headers(), body: asked.postDataJSON() as Record<string, unknown> | null });
      await route.fulfill({ status, contentType: "application/json", body: status === 204 ? "" : JSON.stringify(body) });
    } catch {
      await route.abort();
    }
  });
  await page.routeWebSocket("wss://socket.test/**", (socket) => {
    made.socket = socket;
    socket.onMessage((text) => {
      const asked = JSON.parse(String(text)) as { action: string; n?: number; topics?: string[] };
      if (asked.action === "subscribe") socket.send(JSON.stringify({ type: "subscribed", n: asked.n, topics: asked.topics }));
      if (asked.action === "ping") socket.send(JSON.stringify({ type: "pong" }));
    });
  });
  return made;
}

const LOOKS: [string, Look][] = [
  ["desk-light-en", { size: DESK, language: "en", theme: "light" }],
  ["desk-dark-he", { size: DESK, language: "he", theme: "dark" }],
  ["desk-light-he", { size: DESK, language: "he", theme: "light" }],
  ["desk-dark-en", { size: DESK, language: "en", theme: "dark" }],
  ["phone-light-en", { size: PHONE, language: "en", theme: "light" }],
  ["phone-dark-he", { size: PHONE, language: "he", theme: "dark" }],
  ["phone-light-th", { size: PHONE, language: "th", theme: "light" }],
  ["desk-light-ar", { size: DESK, language: "ar", theme: "light" }],
];

test.each(LOOKS)("%s: list, threads and sign-in look right, and axe finds nothing grave", async (name, look) => {
  const made = await visit(look);
  const { page } = made;
  await page.goto(`${origin}/inbox/all`);
  await page.getByRole("option").first().waitFor();
  await page.waitForTimeout(300);
  await page.screenshot({ path: shot(`${name}-list`) });
  expect(await findings(page)).toEqual([]);

  await page.goto(`${origin}/inbox/all/con_maya`);
  await page.locator("[role=log][tabindex]").waitFor();
  await page.waitForTimeout(500);
  made.say({ type: "presence.changed", data: { conversation_id: "con_maya", users: [{ id: "usr_noa", name: "Noa Bar" }] } });
  made.say({ type: "typing.started", data: { conversation_id: "con_maya", user: { id: "usr_noa", name: "Noa Bar" } } });
  await page.waitForTimeout(300);
  await page.screenshot({ path: shot(`${name}-thread`) });
  expect(await findings(page)).toEqual([]);

  await page.goto(`${origin}/inbox/all/con_daniel`);
  await page.locator("[role=log][tabindex]").waitFor();
  await page.waitForTimeout(500);
  await page.screenshot({ path: shot(`${name}-trouble`) });
  expect(await findings(page)).toEqual([]);
  expect(made.complaints).toEqual([]);
  await made.context.close();

  const stranger = await visit(look, (fake) => (fake.hasSession = false));
  await stranger.page.goto(origin);
  await stranger.page.getByRole("heading").waitFor();
  await stranger.page.waitForTimeout(200);
  await stranger.page.screenshot({ path: shot(`${name}-sign-in`) });
  expect(await findings(stranger.page)).toEqual([]);
  expect(stranger.complaints).toEqual([]);
  await stranger.context.close();
});

test.each(LOOKS)("%s: the channels, an account's templates and the form of a new one", async (name, look) => {
  const made = await visit(look, (fake) => (fake.templates = MANY_TEMPLATES));
  const { page, fake } = made;
  const snap = async (what: string) => {
    await page.waitForTimeout(350);
    await page.screenshot({ path: shot(`${name}-${what}`) });
    expect(await findings(page), what).toEqual([]);
  };
  await page.goto(`${origin}/channels`);
  await page.locator("main li").first().waitFor();
  await snap("channels");
  await page.goto(`${origin}/channels/acc_sales/templates`);
  await page.locator("main li").first().waitFor();
  await snap("templates");
  await page.locator("main li").last().scrollIntoViewIfNeeded();
  await snap("templates-end");
  await page.locator("input[type=search]").fill("zzz");
  await snap("templates-none");

  await page.goto(`${origin}/channels/acc_sales/templates/new`);
  const form = page.getByRole("form");
  await form.waitFor();
  await form.locator("button[type=submit]").click();
  await snap("template-missing");
  await fillIn(form);
  await snap("template-written");
  await form.locator("fieldset").last().scrollIntoViewIfNeeded();
  await snap("template-buttons");
  fake.next("POST /channels", refusal(422, "channel_refused", { field: "body", detail: "There is already content in this language for this template." }));
  await form.locator("button[type=submit]").click();
  await form.locator("[role=alert]").waitFor();
  await snap("template-refused");
  expect(made.complaints).toEqual([]);
  await made.context.close();
});

/** By what the fields are and not by what they are called, since the form speaks four languages. */
async function fillIn(form: Locator): Promise<void> {
  await form.locator("input").first().fill("order_on_its_way");
  await form.locator("input[type=radio]").last().check();
  await form.locator("select").last().selectOption("text");
  await form.locator("input[type=text]").nth(1).fill("Order {{1}}");
  await form.locator("fieldset input").first().fill("4821");
  await form.locator("textarea").fill("Hi {{1}}, your order leaves us on {{2}}. Is there anything else that we can do?");
  for (const [index, example] of ["Maya", "Sunday"].entries()) await form.locator("fieldset").nth(1).locator("input").nth(index).fill(example);
  for (const index of [0, 1]) await form.locator("fieldset").last().locator("button").last().locator("xpath=preceding-sibling::button").nth(index).click();
  for (const [index, text] of ["Thank you!", "Track it", "https://acme.test/orders/{{1}}"].entries()) await form.locator("fieldset").last().locator("input").nth(index).fill(text);
  await form.locator("fieldset").last().locator("input").last().fill("4821");
}

test("the other states of the desk: nothing, an error, a shut window, offline, menus, sheet, palette, 1,000 rows, a quote, a teammate first", async () => {
  const made = await visit({ size: DESK, language: "en", theme: "light" }, (fake) => fake.conversations.push(...crowd(Date.now(), 1_000)));
  const { page, fake } = made;
  const snap = async (name: string) => {
    await page.waitForTimeout(350);
    await page.screenshot({ path: shot(`state-${name}`) });
    expect(await findings(page), name).toEqual([]);
  };
  await page.goto(`${origin}/inbox/all/con_yossi`);
  await page.locator("[role=log][tabindex]").waitFor();
  await snap("window-shut");
  await page.getByRole("listbox").evaluate((list) => (list.scrollTop = 40_000));
  await page.waitForTimeout(500);
  await snap("scrolled-list");
  await page.goto(`${origin}/inbox/mine?status=snoozed`);
  await page.getByRole("button", { name: "Show open" }).waitFor();
  await snap("empty");
  fake.next("GET /conversations?status=pending", refusal(500, "internal"));
  fake.next("GET /conversations?status=pending", refusal(500, "internal"));
  fake.next("GET /conversations?status=pending", refusal(500, "internal"));
  await page.goto(`${origin}/inbox/all?status=pending`);
  await page.getByRole("alert").waitFor();
  await snap("error");
  await page.goto(`${origin}/inbox/all/con_laila`);
  await page.locator("[role=log][tabindex]").waitFor();
  await snap("window-ending");
  await page.keyboard.press("a");
  await page.getByRole("menu").waitFor();
  await snap("assign");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Preferences of Ada Levi" }).first().click();
  await page.getByRole("menu").waitFor();
  await snap("preferences");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+Slash");
  await page.getByRole("dialog").waitFor();
  await snap("shortcuts");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+KeyK");
  await page.getByRole("dialog").waitFor();
  await snap("palette");
  await page.keyboard.press("Escape");
  await page.goto(`${origin}/inbox/all/con_daniel`);
  await page.getByText("Could you send me the invoice").last().hover();
  await page.getByRole("button", { name: "Reply to this message" }).last().click();
  await page.getByRole("textbox").fill("Of course – here it is.\nAnd thank you for your patience!");
  await snap("quote");
  fake.next("POST /conversations/con_daniel/messages", refusal(409, "newer_reply"));
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alertdialog").waitFor();
  await snap("newer-reply");
  await page.getByRole("button", { name: "Send anyway" }).click();
  await page.getByText("Of course – here it is.").last().waitFor();
  await made.context.setOffline(true);
  await page.getByText("You are offline").waitFor();
  await page.getByRole("textbox").fill("Written in a tunnel.");
  fake.next("POST /conversations/con_daniel/messages", "no network");
  await page.keyboard.press("Control+Enter");
  await snap("offline");
  expect(made.complaints).toEqual([]);
  await made.context.close();
});

test("a long thread: older messages come without a jump, new ones count while the agent reads above", async () => {
  const made = await visit({ size: DESK, language: "en", theme: "light" }, (fake) => {
    const at = (index: number) => new Date(Date.now() - (301 - index) * 11 * 60_000).toISOString();
    const long = (index: number) => Array.from({ length: (index * 7) % 40 }, () => "words").join(" ");
    fake.threads.set("con_noam", Array.from({ length: 300 }, (_, index) => message({ id: `msg_${index}`, conversation_id: "con_noam", seq: index + 1, sent_at: at(index), text: `Line ${index}. ${long(index)}` })));
    fake.change("con_noam", { seq: 300 });
  });
  const { page, fake } = made;
  await page.goto(`${origin}/inbox/all/con_noam`);
  const thread = page.getByRole("log", { name: "Messages with" });
  await thread.getByText("Line 299.").waitFor();
  // Read up, one screen at a time, across two pages of older messages.
  for (let step = 0; step < 30; step += 1) {
    const watched = await thread.evaluate((log) => {
      const top = log.getBoundingClientRect().top;
      const line = [...log.querySelectorAll("article")].find((each) => each.getBoundingClientRect().top > top + 150);
      return { text: line?.textContent.slice(0, 10) ?? "", y: line?.getBoundingClientRect().top ?? 0 };
    });
    await thread.evaluate((log) => log.scrollBy(0, -300));
    await page.waitForTimeout(120);
    const y = await thread.evaluate((log, text) => [...log.querySelectorAll("article")].find((each) => each.textContent.startsWith(text))?.getBoundingClientRect().top ?? null, watched.text);
    if (y !== null && watched.text !== "") expect(Math.abs(y - watched.y - 300), `${watched.text} at step ${step}`).toBeLessThan(4);
  }
  const { message: fresh, row } = fake.customerWrites("con_noam", "Are you still there?");
  made.say({ type: "message.created", data: fresh });
  made.say({ type: "conversation.updated", data: row });
  await page.getByRole("button", { name: "1 new message" }).waitFor();
  await page.screenshot({ path: shot("state-reading-above") });
  await page.getByRole("button", { name: "1 new message" }).click();
  await thread.getByText("Are you still there?").waitFor();
  await page.waitForTimeout(300);
  await page.screenshot({ path: shot("state-jumped") });
  expect(made.complaints).toEqual([]);
  await made.context.close();
});
