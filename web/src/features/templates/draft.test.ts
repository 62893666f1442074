// A template while it is written: what is handed in of it, and what is wrong with it before anybody is asked.
import { expect, test } from "vitest";

import type { Upload } from "../conversation/uploads";
import { asName, emptyDraft, isFull, nextPlace, requestOf, shownOf, withButton, type Draft } from "./draft";
import { problemsOf } from "./problems";

const draft: Draft = {
  name: "order_update", language: "en_US", category: "utility", headerKind: "text", header: " Order {{1}} ", body: "Hi {{1}}, it is {{2}}.", footer: "Acme",
  buttons: [
    { key: "a", type: "quick_reply", text: " Thanks ", target: "", example: "" },
    { key: "b", type: "url", text: "Track", target: "https://acme.test/{{1}}", example: " t/42 " },
    { key: "c", type: "phone_number", text: "Call", target: "+972 (3) 555-0100", example: "" },
    { key: "d", type: "copy_code", text: "", target: "", example: "SAVE10" },
  ],
  examples: { "header.1": "42", "body.1": " Aiko ", "body.2": "on its way", "body.3": "once a place" },
};
const upload: Upload = { key: "u", name: "plan.png", bytes: 3, kind: "image", preview: null, progress: 1, state: "ready", problem: null, uploadId: "upl_1" };
const with_ = (change: Partial<Draft>) => problemsOf({ ...draft, ...change }, null);
const button = (change: Partial<Draft["buttons"][number]>) => with_({ buttons: [{ key: "a", type: "url", text: "Track", target: "https://acme.test", example: "", ...change }] });

test("all that is typed is handed in under the API's names, each place with its example and no other", () => {
  expect(problemsOf(draft, null)).toEqual({});
  expect(requestOf(draft, null)).toEqual({
    name: "order_update", language: "en_US", category: "utility", header: "Order {{1}}", body: "Hi {{1}}, it is {{2}}.", footer: "Acme",
    buttons: [
      { type: "quick_reply", text: "Thanks" },
      { type: "url", text: "Track", url: "https://acme.test/{{1}}" },
      { type: "phone_number", text: "Call", phone_number: "+97235550100" },
      { type: "copy_code", text: "Copy offer code" },
    ],
    examples: { header: { 1: "42" }, body: { 1: "Aiko", 2: "on its way" }, buttons: { 1: "t/42", 3: "SAVE10" } },
  });
});

test("a header that is a file is named by its upload, and hides the words that stood there", () => {
  const shows: Draft = { ...draft, headerKind: "image", body: "Dear {{first_name}}, look.", footer: " ", buttons: [], examples: { "body.first_name": "Aiko" } };
  expect(problemsOf(shows, upload)).toEqual({});
  expect(requestOf(shows, "upl_1")).toEqual({
    name: "order_update", language: "en_US", category: "utility", media: { upload_id: "upl_1" }, body: "Dear {{first_name}}, look.", buttons: [], examples: { header: {}, body: { first_name: "Aiko" }, buttons: {} },
  });
  expect(shownOf(shows)).toEqual({ header: { format: "image" }, body: "Dear {{first_name}}, look.", footer: null, buttons: [] });
  for (const [file, wrong] of [[null, "file"], [{ ...upload, state: "failed" }, "file"], [{ ...upload, state: "uploading" }, "file_waits"]] as const) {
    expect(problemsOf(shows, file)).toEqual({ "media.upload_id": wrong });
  }
});

test("what the API would refuse is named at its field", () => {
  expect(problemsOf(emptyDraft("he"), null)).toEqual({ name: "empty", category: "category", body: "empty" });
  for (const [found, expected] of [
    [with_({ name: "Order" }), { name: "name" }],
    [with_({ name: "x".repeat(513) }), { name: "too_long" }],
    [with_({ header: "" }), { header: "empty" }],
    [with_({ header: "x".repeat(61) }), { header: "too_long" }],
    [with_({ header: "{{1}} and {{2}}", examples: { ...draft.examples, "header.2": "x" } }), { header: "one_place" }],
    [with_({ body: "x".repeat(1_025) }), { body: "too_long" }],
    [with_({ body: "{{1}} is here." }), { body: "edges" }],
    [with_({ body: "Here is {{1}}" }), { body: "edges" }],
    [with_({ body: "Hi {{2}}, hello." }), { body: "places" }],
    [with_({ header: "Hello", body: "Hi {{First}}, hello.", examples: { "body.First": "x" } }), { body: "places" }],
    [with_({ body: "Hi {{1}} and {{name}}!", examples: { ...draft.examples, "body.name": "x" } }), { header: "places", body: "places" }],
    [with_({ examples: { "header.1": "42", "body.1": " " } }), { "examples.body.1": "empty", "examples.body.2": "empty" }],
    [with_({ footer: "x".repeat(61) }), { footer: "too_long" }],
    [button({ text: "" }), { "buttons[0].text": "empty" }],
    [button({ text: "x".repeat(26) }), { "buttons[0].text": "too_long" }],
    [button({ target: "https://" }), { "buttons[0].url": "empty" }],
    [button({ target: "http://acme.test" }), { "buttons[0].url": "url" }],
    [button({ target: "https://acme.test/{{1}}/x", example: "x" }), { "buttons[0].url": "url" }],
    [button({ target: "https://acme.test/{{1}}" }), { "examples.buttons.0": "empty" }],
    [button({ type: "phone_number", target: "" }), { "buttons[0].phone_number": "empty" }],
    [button({ type: "copy_code", text: "", example: "x".repeat(16) }), { "examples.buttons.0": "too_long" }],
  ]) {
    expect(found).toEqual(expected);
  }
});

test("answers stand together before all else, and no kind of button is offered beyond what WhatsApp takes", () => {
  const pressed = (["url", "quick_reply", "phone_number", "quick_reply", "url"] as const).reduce((now, type, index) => withButton(now, type, String(index)), { ...draft, buttons: [] as Draft["buttons"] });
  expect(pressed.buttons.map(({ key, type }) => `${key} ${type}`)).toEqual(["1 quick_reply", "3 quick_reply", "0 url", "2 phone_number", "4 url"]);
  expect((["quick_reply", "url", "phone_number", "copy_code"] as const).map((type) => isFull(pressed, type))).toEqual([false, true, true, false]);
  const replies = Array.from({ length: 10 }, (_, index) => index).reduce((now, index) => withButton(now, "quick_reply", String(index)), { ...draft, buttons: [] as Draft["buttons"] });
  expect((["quick_reply", "copy_code"] as const).map((type) => isFull(replies, type))).toEqual([true, true]);
});

test("a name is brought into the channel's form, and the next place has the next number unless places have names", () => {
  expect(asName("Order Update-2")).toBe("order_update_2");
  expect(asName("הזמנה")).toBe("הזמנה");
  expect([nextPlace(draft), nextPlace({ ...draft, body: "" }), nextPlace({ ...draft, body: "Hi {{first_name}}!" })]).toEqual(["{{3}}", "{{1}}", null]);
});
