import { expect, test } from "vitest";

import type { Template } from "../../api/schemas";
import { isCode, fileOf, filledIn, fillingOf, isFilled, isSendable, keyOf, placesOf } from "./templates";

const template: Template = {
  name: "order_update", language: "en_US", category: "utility", status: "approved", quality: null, reason: null, parameter_format: "positional",
  header: { format: "text", text: "Order {{1}}" }, body: "Hi {{1}}, it is {{2}}. Bye, {{1}}.", footer: "Acme", has_more: false, synced_at: "2026-11-21T05:00:00.000Z",
  buttons: [{ type: "quick_reply", text: "Thanks" }, { type: "url", text: "Track", url: "https://acme.test/{{1}}" }, { type: "url", text: "Home", url: "https://acme.test" }],
};
const values = { "header.1": "42", "body.1": "Aiko", "body.2": " on its way ", "buttons.1": "t/42" };

test("each place is asked for once, where it stands", () => {
  expect(placesOf(template).map(keyOf)).toEqual(["header.1", "body.1", "body.2", "buttons.1"]);
  expect(placesOf({ ...template, header: { format: "location" }, body: "x", buttons: [] }).map(keyOf)).toEqual(["location.latitude", "location.longitude", "location.name"]);
});

test("what is sent names every place, and the preview reads as the customer will", () => {
  expect(isFilled(template, {})).toBe(false);
  expect(isFilled(template, values)).toBe(true);
  expect(filledIn(template.body, "body", { "body.1": "Aiko" })).toBe("Hi Aiko, it is {{2}}. Bye, Aiko.");
  expect(fillingOf(template, values)).toEqual({
    name: "order_update", language: "en_US", parameters: { header: { 1: "42" }, body: { 1: "Aiko", 2: "on its way" }, buttons: { 1: "t/42" } },
  });
});

test("only what is approved and can be filled in from here is offered", () => {
  expect(isSendable(template)).toBe(true);
  expect([{ ...template, status: "paused" as const }, { ...template, has_more: true }, { ...template, header: { format: "other" as const } }].map(isSendable)).toEqual([false, false, false]);
});

test("a one-time code is asked for once, and the button copies it", () => {
  const code: Template = { ...template, category: "authentication", header: null, body: "*{{1}}* is your code.", buttons: [{ type: "one_time_code", text: "Copy code" }] };
  expect([isCode(template), isCode(code), isSendable(code)]).toEqual([false, true, true]);
  expect(placesOf(code).map(keyOf)).toEqual(["body.1"]);
  expect(fillingOf(code, { "body.1": "482913" }).parameters).toEqual({ header: {}, body: { 1: "482913" }, buttons: {} });
});

test("a header that is a file is sent by the name of its upload", () => {
  const formats = ["image", "video", "document", "location"] as const;
  expect(formats.map((format) => fileOf({ ...template, header: { format } }))).toEqual(["image", "video", "file", null]);
  const shows: Template = { ...template, header: { format: "image" }, buttons: [] };
  expect(isSendable(shows)).toBe(true);
  expect(fillingOf(shows, { "body.1": "Aiko", "body.2": "here" }, "upl_1").parameters).toEqual({ header: {}, body: { 1: "Aiko", 2: "here" }, buttons: {}, media: { upload_id: "upl_1" } });
});

test("a carousel asks for each card's places and its file", () => {
  const buttons: Template["buttons"] = [{ type: "quick_reply", text: "More" }, { type: "url", text: "Buy", url: "https://acme.test/{{1}}" }];
  const card = { header: { format: "image" as const }, body: "{{1}} for {{2}}", buttons };
  const bare = { header: { format: "video" as const } };
  const offers: Template = { ...template, header: null, body: "Hi {{1}}.", buttons: [], cards: [card, bare] };
  expect(placesOf(offers).map(keyOf)).toEqual(["body.1", "cards.0.body.1", "cards.0.body.2", "cards.0.buttons.1"]);
  const values = { "body.1": "Aiko", "cards.0.body.1": "chair", "cards.0.body.2": " 9 ", "cards.0.buttons.1": "c" };
  expect([isSendable(offers), isFilled(offers, values), isFilled(offers, { "body.1": "Aiko" })]).toEqual([true, true, false]);
  expect(filledIn(card.body, "body", values, 0)).toBe("chair for  9 ");
  expect(fillingOf(offers, values, null, ["upl_1", "upl_2"]).parameters).toEqual({
    header: {}, body: { 1: "Aiko" }, buttons: {},
    cards: [{ media: { upload_id: "upl_1" }, body: { 1: "chair", 2: "9" }, buttons: { 1: "c" } }, { media: { upload_id: "upl_2" }, body: {}, buttons: {} }],
  });
  const strange = [{ ...card, header: { format: "document" as const } }, { ...card, buttons: [{ type: "other" as const, text: "View" }] }];
  expect(strange.map((card) => isSendable({ ...offers, cards: [card] }))).toEqual([false, false]);
});
