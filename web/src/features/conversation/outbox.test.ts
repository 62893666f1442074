// Replies on their way: in order, once, and never lost.
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { FakeServer } from "../../testing/fake-server";
import { refusal } from "../../testing/fake-server";
import { play } from "../../testing/play";
import { known } from "../inbox/known";
import { outbox } from "./outbox";

let server: FakeServer;
const NOW = new Date();
const reply = (clientId: string, text: string) => ({ clientId, conversation: "con_maya", text, replyTo: null, expectedSeq: 20 });
const sends = () => server.asked.filter(({ path }) => path.endsWith("/messages")).map(({ headers, body }): Record<string, unknown> => ({ key: headers["idempotency-key"], ...body }));

beforeEach(() => {
  vi.useFakeTimers();
  known.clear();
  server = play();
  outbox.openFor("usr_ada");
});
afterEach(() => {
  outbox.close();
  vi.useRealTimers();
});

test("two replies arrive in order, and the same press twice sends once", async () => {
  outbox.send(reply("k1", "one"), NOW);
  outbox.send(reply("k1", "one"), NOW);
  outbox.send(reply("k2", "two"), NOW);
  await vi.runAllTimersAsync();
  expect(sends()).toEqual([
    { key: "k1", parts: [{ type: "text", text: "one" }], expected_seq: 20 },
    { key: "k2", parts: [{ type: "text", text: "two" }], expected_seq: 20 },
  ]);
  expect(outbox.current()).toEqual([]);
  expect(known.messages("con_maya").map(({ text, client_id }) => [text, client_id])).toEqual([["one", "k1"], ["two", "k2"]]);
});

test("without a network it asks again with the same key until there is an answer, and holds the next one back", async () => {
  server.next("POST /conversations/con_maya/messages", "no network");
  server.next("POST /conversations/con_maya/messages", refusal(503, "unavailable"));
  outbox.send(reply("k1", "one"), NOW);
  outbox.send(reply("k2", "two"), NOW);
  await vi.runAllTimersAsync();
  expect(sends().map(({ key }) => key)).toEqual(["k1", "k1", "k1", "k2"]);
});

test("a teammate's newer reply stops it; over it goes under a new key, by force", async () => {
  server.next("POST /conversations/con_maya/messages", refusal(409, "newer_reply"));
  outbox.send(reply("k1", "one"), NOW);
  await vi.runAllTimersAsync();
  expect(outbox.current().map(({ state, problem }) => ({ state, problem }))).toEqual([{ state: "refused", problem: { code: "newer_reply", field: null, detail: "newer_reply", requestId: "req_7f3c" } }]);
  outbox.force("k1");
  await vi.runAllTimersAsync();
  const [first, second] = sends();
  expect({ force: second?.["force"], sameKey: first?.["key"] === second?.["key"], left: outbox.current() }).toEqual({ force: true, sameKey: false, left: [] });
});

test("what a closed page left unsent goes out at the next visit, and only that person's", async () => {
  server.next("POST /conversations/con_maya/messages", "no network");
  outbox.send(reply("k1", "one"), NOW);
  await vi.advanceTimersByTimeAsync(10);
  outbox.close();
  outbox.openFor("usr_noa");
  expect(outbox.current()).toEqual([]);
  outbox.close();
  outbox.openFor("usr_ada");
  await vi.runAllTimersAsync();
  expect(sends().map(({ key }) => key)).toEqual(["k1", "k1"]);
});

test("a place goes as it is, and what the server says of a wrong field comes back with its name", async () => {
  const part = { type: "location" as const, latitude: 32.0853, longitude: 34.7818, name: "Habima" };
  const told = (clientId: string) => outbox.outcome(clientId, new AbortController().signal);
  outbox.send({ ...reply("k1", ""), part }, NOW);
  const taken = told("k1");
  await vi.runAllTimersAsync();
  expect([await taken, sends()]).toEqual([null, [{ key: "k1", parts: [part], expected_seq: 20 }]]);
  server.next("POST /conversations/con_maya/messages", refusal(422, "too_long", { field: "parts[0].name", detail: "Too long." }));
  outbox.send({ ...reply("k2", ""), part }, NOW);
  const refused = told("k2");
  await vi.runAllTimersAsync();
  expect(await refused).toEqual({ code: "too_long", field: "parts[0].name", detail: "Too long.", requestId: "req_7f3c" });
});
