// What is drawn between the messages.
import { expect, test } from "vitest";

import type { Message } from "../../api/schemas";
import { message } from "../../testing/fixtures";
import { chosenOf, firstUnread, itemsOf, within } from "./messages";
import type { Outgoing } from "./outbox";

const sameDay = (a: string, b: string) => a.slice(0, 10) === b.slice(0, 10);
const at = (day: number, minute: number) => `2026-11-${day}T09:${String(minute).padStart(2, "0")}:00.000Z`;
const them = (seq: number, sent_at: string) => message({ id: `m${seq}`, seq, sent_at, text: `${seq}` });
const us = (seq: number, sent_at: string, client_id: string) =>
  message({ id: `m${seq}`, seq, sent_at, direction: "outbound", author: { kind: "user", id: "usr_ada", name: "Ada" }, client_id, delivery_status: "queued" });
const entry = (clientId: string): Outgoing => ({ clientId, conversation: "con_maya", text: "hi", template: null, part: null, files: [], replyTo: null, expectedSeq: 4, force: false, sendAt: null, createdAt: at(21, 9), state: "waiting", problem: null });

test("days, the new line, groups of one author within two minutes, and replies on their way", () => {
  const messages = [them(1, at(20, 1)), them(2, at(21, 1)), them(3, at(21, 2)), us(4, at(21, 3), "k1"), us(5, at(21, 6), "k2")];
  const items = itemsOf({ messages, outgoing: [entry("k2"), entry("k3")], newFrom: 3, isComplete: true, sameDay });
  const drawn = items.map((item) => (item.kind === "message" ? `${item.key} ${item.isFirst ? "first" : ""} ${item.isLast ? "last" : ""}` : item.kind === "outgoing" ? item.key : item.kind));
  expect(drawn).toEqual(["start", "day", "m1 first last", "day", "m2 first last", "new", "m3 first last", "k1 first last", "k2 first last", "k3"]);
});

test("what is for later stands below everything, and what was taken back before its time nowhere", () => {
  const later = (seq: number, sent_at: string, key: string) => message({ ...us(seq, sent_at, key), send_at: sent_at });
  const gone = message({ ...later(3, at(22, 2), "k3"), delivery_status: "failed", error: { code: "cancelled", title: "", channel_code: null } });
  const messages = [us(4, at(21, 3), "k4"), later(2, at(22, 1), "k2"), gone];
  const items = itemsOf({ messages, outgoing: [entry("k9")], newFrom: null, isComplete: false, sameDay });
  expect(items.map((item) => item.key)).toEqual([`day 2026-11-21 m4`, "k4", "k9", "scheduled", "k2"]);
});

test("a reply keeps its place and key when the server confirms it", () => {
  const before = itemsOf({ messages: [them(1, at(21, 1))], outgoing: [entry("k1")], newFrom: null, isComplete: false, sameDay });
  const after = itemsOf({ messages: [them(1, at(21, 1)), us(2, at(21, 9), "k1")], outgoing: [entry("k1")], newFrom: null, isComplete: false, sameDay });
  expect(after.map((item) => item.key)).toEqual(before.map((item) => item.key));
});

test("messages from before the oldest listed one wait until it is their turn", () => {
  const all = [them(1, at(20, 1)), them(4, at(21, 1)), them(5, at(21, 2))];
  expect(within(all, [{ next: "more", oldest: all[1] ?? null }]).map((each) => each.seq)).toEqual([4, 5]);
  expect(within(all, [{ next: null, oldest: all[1] ?? null }])).toEqual(all);
});

test("the new line stands before the last unread messages of the customer", () => {
  const messages = [them(1, at(21, 1)), us(2, at(21, 2), "k"), them(3, at(21, 3)), them(4, at(21, 4))];
  expect([0, 1, 2, 3, 9].map((unread) => firstUnread(messages, unread))).toEqual([null, 4, 3, 1, 1]);
});

test("of what was offered the customer's last choice counts, of a template by its words", () => {
  const answer = (seq: number, to: string, interactive: NonNullable<Message["interactive"]>) => message({ id: `msg_${seq}`, seq, sent_at: at(21, seq), type: "interactive", reply_to: { id: to }, interactive });
  const said = [
    answer(1, "msg_offer", { type: "button_reply", id: "button-1", title: "Yes" }),
    answer(2, "msg_offer", { type: "button_reply", id: "button-2", title: "No" }),
    answer(3, "msg_list", { type: "list_reply", id: "row-3", title: "Large" }),
    answer(4, "msg_template", { type: "template_button", id: "payload", title: "Thanks" }),
    message({ ...answer(5, "msg_list", { type: "buttons", buttons: [] }), direction: "outbound" }),
  ];
  expect([...chosenOf(said)]).toEqual([["msg_offer", "button-2"], ["msg_list", "row-3"], ["msg_template", "Thanks"]]);
});
