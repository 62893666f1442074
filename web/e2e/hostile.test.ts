// What customers write, name themselves and send is shown and never run: by real webhooks, in a real browser.
import { expect, test } from "vitest";

import { DESK } from "./browser";
import { AGENT, Customer } from "./customer";
import { browser, running } from "./stage";

const RUN = "window.ran=1;alert(1)";

/** Ways into a page that have worked somewhere. [Cheat sheet](https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html). */
const WAYS = [
  `<script>${RUN}</script>`, `</script><script>${RUN}</script>`, `<ScRiPt>${RUN}</ScRiPt>`, `<script src="data:text/javascript,${RUN}"></script>`, `<script\n>${RUN}</script\n>`,
  `<img src=x onerror="${RUN}">`, `<img src=x onerror=${RUN}//`, `<IMG SRC=x OnErRoR='${RUN}'>`, `<image href=x onerror="${RUN}">`, `"><img src=x onerror="${RUN}">`, `'><img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}">`, `<svg><script>${RUN}</script></svg>`, `<svg><animate onbegin="${RUN}" attributeName=x dur=1s>`, `<svg><a xlink:href="javascript:${RUN}"><text y=20>x</text></a></svg>`,
  `<math><mtext></p><style><img src=x onerror="${RUN}"></style></mtext></math>`, `<iframe src="javascript:${RUN}"></iframe>`, `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<object data="javascript:${RUN}"></object>`, `<embed src="javascript:${RUN}">`, `<body onload="${RUN}">`, `<input autofocus onfocus="${RUN}">`, `<details open ontoggle="${RUN}"><summary>x</summary></details>`,
  `<video><source onerror="${RUN}"></video>`, `<audio src=x onerror="${RUN}">`, `<marquee onstart="${RUN}">x</marquee>`, `<select autofocus onfocus="${RUN}"></select>`, `<textarea autofocus onfocus="${RUN}"></textarea>`,
  `<form action="javascript:${RUN}"><button>x</button></form>`, `<button formaction="javascript:${RUN}">x</button>`, `<a href="javascript:${RUN}">x</a>`, `<a href="java\tscript:${RUN}">x</a>`, `<base href="javascript:${RUN}//">`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`, `<link rel=stylesheet href="javascript:${RUN}">`, `<style>@import 'javascript:${RUN}';</style>`, `<template><img src=x onerror="${RUN}"></template>`,
  `<noscript><p title="</noscript><img src=x onerror='${RUN}'>">`, `<!--><img src=x onerror="${RUN}">-->`, `<![CDATA[<img src=x onerror="${RUN}">]]>`, `{{constructor.constructor('${RUN}')()}}`, `\${${RUN}}`,
  `<%= ${RUN} %>`, `#{${RUN}}`, `javascript:${RUN}`, `https://example.test/"onmouseover="${RUN}`, `[x](javascript:${RUN})`, `![x](x "onerror=${RUN}")`, `&lt;script&gt;${RUN}&lt;/script&gt;`, `&#60;img src=x onerror=${RUN}&#62;`,
  `\u003cscript\u003e${RUN}\u003c/script\u003e`, `\u202E<script>${RUN}</script>`, `＜script＞${RUN}＜/script＞`, `<scr\u0000ipt>${RUN}</scr\u0000ipt>`, `__proto__[onerror]=${RUN}`, `data:text/html,<script>${RUN}</script>`,
];

/** The same in each place of a message that is shown: words, a place, a card, a file's name, what was pressed, who writes. */
const messages = (way: string) => [
  { type: "text", text: { body: way } },
  { type: "location", location: { latitude: 1, longitude: 2, name: way, address: way, url: way } },
  { type: "contacts", contacts: [{ name: { formatted_name: way, first_name: way }, phones: [{ phone: way, type: way }], urls: [{ url: `javascript:${RUN}` }], emails: [{ email: way }], org: { company: way } }] },
  { type: "document", document: { id: "1", filename: `${way}.html`, mime_type: "text/html", caption: way, sha256: "x" } },
  { type: "interactive", interactive: { type: "list_reply", list_reply: { id: way, title: way, description: way } } },
  { type: "button", button: { payload: way, text: way }, referral: { source_url: `javascript:${RUN}`, source_type: "ad", source_id: way, headline: way, body: way } },
];

/** So many of the ways in one thread. */
const EACH = 7;

test("whatever a customer sends, nothing of it runs", { timeout: 240_000 }, async () => {
  const named = WAYS.map((way) => new Customer(running.origin, way));
  const visitors = Array.from({ length: Math.ceil(WAYS.length / EACH) }, (_, place) => new Customer(running.origin, `Visitor ${String.fromCodePoint(65 + place)}.`));
  await Promise.all(named.map((customer) => customer.posts([{ type: "text", text: { body: customer.name } }])));
  // A minute ahead, so that these stand at the top of the list.
  await Promise.all(visitors.map((visitor, place) => visitor.posts(WAYS.slice(place * EACH, (place + 1) * EACH).flatMap(messages), 60)));

  const context = await browser.newContext({ viewport: DESK, locale: "en" });
  const page = await context.newPage();
  const heard: string[] = [];
  page.on("dialog", (dialog) => {
    heard.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => heard.push(error.message));
  // What the policy of the page refuses is an error of the console too.
  page.on("console", (line) => line.type() === "error" && !line.text().includes("Failed to load resource") && heard.push(line.text()));

  await page.goto(running.origin);
  await page.getByLabel("E-mail").fill(AGENT.email);
  await page.getByLabel("Password").fill(AGENT.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const list = page.getByRole("listbox", { name: "Conversations" });
  for (const visitor of visitors) {
    const row = list.getByRole("option").filter({ hasText: visitor.name });
    await row.click();
    const thread = page.getByRole("log");
    await thread.getByRole("article").nth(5).waitFor();
    for (let step = 0; step < 12; step += 1) {
      await thread.hover();
      await page.mouse.wheel(0, -700);
    }
    await page.mouse.wheel(0, 20_000);
  }
  expect(await page.evaluate(() => (window as { ran?: number }).ran)).toBeUndefined();
  expect(heard).toEqual([]);
  await context.close();
});
