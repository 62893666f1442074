// The store keeps each resource at its highest rev, whichever way and in whichever order it came.
import { expect, test } from "vitest";

import { conversations, message } from "../../testing/fixtures";
import { Known } from "./known";
import { rowsOf } from "./rows";

const NOW = Date.UTC(2026, 10, 21, 9);
const rows = conversations(NOW);
const [first, second, third] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];

test("an answer that comes late does not undo what a frame has told", () => {
  const known = new Known();
  known.take({ conversations: [{ ...first, status: "resolved", rev: 9 }] });
  known.take({ conversations: [{ ...first, status: "open", rev: 8 }] });
  expect(known.conversation(first.id)).toEqual({ ...first, status: "resolved", rev: 9 });
});

test("what left our sight does not come back by a late frame, but does when it is shown to us again", () => {
  const known = new Known();
  known.take({ conversations: [{ ...first, rev: 3 }] });
  known.remove(first.id, 5);
  known.take({ conversations: [{ ...first, rev: 4 }] });
  expect(known.all()).toEqual([]);
  known.take({ conversations: [{ ...first, rev: 6 }] });
  expect(known.all()).toEqual([{ ...first, rev: 6 }]);
});

test("what an agent just did shows at once; a refusal takes it back, an answer replaces it", () => {
  const known = new Known();
  known.take({ conversations: [{ ...first, unread_count: 2, rev: 3 }] });
  const undo = known.assume(first.id, { unread_count: 0 });
  expect(known.conversation(first.id)?.unread_count).toBe(0);
  undo();
  expect(known.conversation(first.id)?.unread_count).toBe(2);

  const tooLate = known.assume(first.id, { unread_count: 0 });
  known.take({ conversations: [{ ...first, unread_count: 1, rev: 4 }] });
  tooLate();
  expect(known.conversation(first.id)?.unread_count).toBe(1);
});

test("a thread is in the order of the channel's time, then of arrival", () => {
  const known = new Known();
  const at = new Date(NOW).toISOString();
  const early = message({ id: "c", seq: 3, sent_at: new Date(NOW - 1_000).toISOString() });
  const [a, b] = [message({ id: "a", seq: 1, sent_at: at }), message({ id: "b", seq: 2, sent_at: at })];
  known.take({ messages: [b, a, early] });
  expect(known.messages("con_maya")).toEqual([early, a, b]);
});

test("a list shows what belongs to it down to where the server has listed, and no further", () => {
  const pages = [{ next: "more", last: second }];
  expect(rowsOf([first, second, third], pages, "all", "open", "usr_ada")).toEqual([first, second]);
  expect(rowsOf([first, second, third], [{ next: null, last: second }], "all", "open", "usr_ada")).toEqual([first, second, third]);
  expect(rowsOf([first, second, third], [{ next: null, last: third }], "mine", "open", "usr_ada")).toEqual([second]);
  expect(rowsOf([first, second, third], [{ next: "more", last: null }], "all", "open", "usr_ada")).toEqual([]);
});
