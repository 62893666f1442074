// Frames are hints, the log is the truth.
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { known } from "../features/inbox/known";
import { refusal, type FakeServer } from "../testing/fake-server";
import { FakeSocket, play } from "../testing/play";
import { live } from "./live";

let server: FakeServer;
const syncs = () => server.asked.filter(({ path }) => path.startsWith("/sync")).map(({ path }) => path);
const hear = async (frame: object) => {
  FakeSocket.last?.hear(frame);
  await vi.advanceTimersByTimeAsync(1_000);
};

beforeEach(async () => {
  vi.useFakeTimers();
  known.clear();
  server = play();
  await live.takePlace();
  live.start();
  await vi.advanceTimersByTimeAsync(1_000);
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

test("the place is taken first; once connected, the log is asked for what came in between", () => {
  expect({ state: live.currentState(), said: FakeSocket.last?.said, syncs: syncs() }).toEqual({
    state: "live",
    said: [{ action: "subscribe", n: expect.any(Number) as number, topics: ["inbox"] }],
    syncs: ["/sync", "/sync?since=0"],
  });
});

test("a frame shows at once; one that is behind what is known changes nothing", async () => {
  const { row, message } = server.customerWrites("con_maya", "hello");
  await hear({ type: "message.created", conversation_id: "con_maya", seq: message.seq, rev: message.rev, cursor: "2", data: message });
  await hear({ type: "conversation.updated", rev: row.rev, cursor: "2", data: row });
  await hear({ type: "conversation.updated", rev: 1, cursor: "2", data: { ...row, rev: 1, status: "resolved" } });
  expect([known.conversation("con_maya"), known.messages("con_maya")]).toEqual([row, [message]]);
});

test("a hole in the numbers, a frame without its data, and a pong that is ahead each ask the log", async () => {
  const first = server.customerWrites("con_maya", "one").message;
  await hear({ type: "message.created", data: first });
  const lost = server.customerWrites("con_maya", "two").message;
  const third = server.customerWrites("con_maya", "three").message;
  await hear({ type: "message.created", data: third });
  expect(known.messages("con_maya")).toEqual([first, lost, third]);
  const before = syncs().length;
  await hear({ type: "message.created", data: { id: "msg_large" } });
  await hear({ type: "pong", cursor: "999" });
  await hear({ type: "pong", cursor: server.asked.length === 0 ? "" : "6" });
  expect(syncs().slice(before)).toEqual(["/sync?since=6", "/sync?since=6"]);
});

test("a line that broke comes back by itself, and asks the log for what it missed", async () => {
  const broken = FakeSocket.last;
  server.customerWrites("con_maya", "while away");
  broken?.close();
  expect(live.currentState()).toBe("connecting");
  await vi.advanceTimersByTimeAsync(5_000);
  expect([live.currentState(), FakeSocket.last === broken, known.messages("con_maya").map(({ text }) => text)]).toEqual(["live", false, ["while away"]]);
});

test("a socket that no longer answers is given up", async () => {
  const dead = FakeSocket.last;
  await vi.advanceTimersByTimeAsync(45_000);
  expect([dead?.readyState, FakeSocket.last === dead]).toEqual([3, false]);
});

test("when the log no longer reaches back, everything is loaded afresh from a new place", async () => {
  const reset = vi.fn();
  live.onReset(reset);
  const { row } = server.customerWrites("con_maya", "hello");
  await hear({ type: "conversation.updated", data: row });
  server.next("GET /sync?since", refusal(410, "cursor_expired"));
  await hear({ type: "pong", cursor: "999" });
  expect([reset.mock.calls.length, known.all(), syncs().at(-1)]).toEqual([1, [], "/sync"]);
});
