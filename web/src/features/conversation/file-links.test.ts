import { expect, test } from "vitest";

import { canShow, endOf, lasts, reasonOf, type File } from "./file-links";

const file = (change: Partial<File>): File => ({
  id: "m.0", kind: "image", mime_type: "image/png", file_name: null, bytes: 1, state: "ready", url: null, thumbnail_url: null, reason: null, ...change,
});

test("a link is used while it surely lasts", () => {
  const link = "https://files.test/t/a?X-Amz-Date=20261118T110500Z&X-Amz-Expires=600";
  const end = Date.UTC(2026, 10, 18, 11, 15, 0);
  expect(endOf(link)).toBe(end);
  expect([end - 21_000, end - 20_000, end + 1].map((now) => lasts(link, now))).toEqual([true, false, false]);
  expect([lasts(null, 0), lasts("/plain", Date.now())]).toEqual([false, true]);
});

test("only what is by its content what its kind says is shown where it stands", () => {
  const shown = [
    file({}), file({ mime_type: "image/svg+xml" }), file({ kind: "file", mime_type: "image/png" }), file({ kind: "voice", mime_type: "audio/ogg" }),
    file({ kind: "video", mime_type: "text/html" }), file({ mime_type: null }),
  ].map(canShow);
  expect(shown).toEqual([true, false, false, true, false, false]);
});

test("a reason that this version does not know is a failure like any", () => {
  expect([file({ reason: "gone" }), file({ reason: "new_word" }), file({ reason: null })].map(reasonOf)).toEqual(["gone", "failed", "failed"]);
});
